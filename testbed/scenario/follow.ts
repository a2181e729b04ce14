import type { ObjectWatch, Seen } from './object-watch.ts'
import type { Stage } from './scenario.ts'

export type Saw = (watch: ObjectWatch, what: string, fits: (seen: Seen) => boolean) => Promise<Seen>

/** Waits for something and tells when it was. Only what came after the fault counts: a watch begins with what was there. */
export const witness =
  ({ timeline }: Stage, began: number): Saw =>
  async (watch, what, fits) => {
    const seen = await watch.until(what, (each) => each.at >= began && fits(each), stepDeadlineMs)
    timeline.mark(what, seen.at)
    return seen
  }

/** Far above what any one step takes. */
export const stepDeadlineMs = 90_000

/** The successor knows nothing but what is written in objects. */
export async function killAndStartAgain({ operator, timeline }: Stage): Promise<void> {
  operator.kill()
  timeline.mark('the operator is killed', Date.now())
  await operator.start()
  timeline.mark('a new operator leads', Date.now())
}
