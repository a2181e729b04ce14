import type { Bed } from '../bed.ts'
import { type OperatorUnderTest, operatorUnderTest } from '../operator/process.ts'
import type { Say } from '../say.ts'
import { ObjectWatch } from './object-watch.ts'
import { Timeline } from './timeline.ts'
import { type Check, verdictOf } from './verdict.ts'

/** A story on a real control plane: arrange, one fault, wait for what must be seen, then judge from what was recorded. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** What must be true of it. Whatever does not come within its deadline ends the story. */
  readonly play: (stage: Stage) => Promise<readonly Check[]>
}

export interface Stage {
  readonly bed: Bed
  readonly operator: OperatorUnderTest
  readonly timeline: Timeline
  readonly say: Say
  /** The operator is killed in the middle of the story, and started again. */
  readonly killOperator: boolean
  readonly watch: (...args: readonly string[]) => ObjectWatch
  /** Undone in reverse order when the story is over, however it ends. */
  readonly afterwards: (what: string, undo: () => Promise<unknown>) => void
}

export interface PlayOptions {
  readonly bed: Bed
  readonly killOperator: boolean
  readonly say: Say
}

/** True when everything was as told, and the bed is as it was. */
export async function playScenario(
  { title, play }: Scenario,
  { bed, killOperator, say }: PlayOptions,
): Promise<boolean> {
  const watches: ObjectWatch[] = []
  const undoing: { readonly what: string; readonly undo: () => Promise<unknown> }[] = []
  const timeline = new Timeline(say)
  const stage: Stage = {
    bed,
    timeline,
    say,
    killOperator,
    operator: operatorUnderTest(bed),
    watch: (...args) => {
      const watch = new ObjectWatch(bed, args)
      watches.push(watch)
      return watch
    },
    afterwards: (what, undo) => void undoing.push({ what, undo }),
  }
  say(`${title}${killOperator ? ', although the operator is killed in the middle' : ''}`)
  const told = await Promise.race([tell({ title, play }, stage), interruption(say)])
  for (const watch of watches) watch.stop()
  const tidy = await leaveAsFound(undoing.toReversed(), say)
  return told && tidy
}

async function tell({ title, play }: Pick<Scenario, 'title' | 'play'>, stage: Stage): Promise<boolean> {
  const { say, timeline } = stage
  try {
    const checks = await play(stage)
    const { passed, lines } = verdictOf(title, checks)
    for (const line of ['', 'timeline', ...timeline.lines(), '', 'verdict', ...lines]) say(line)
    return passed
  } catch (error) {
    say('')
    for (let current: unknown = error; current instanceof Error; current = current.cause)
      say(`broke off: ${current.message}`)
    if (!(error instanceof Error)) say(`broke off: ${String(error)}`)
    return false
  }
}

/** Ctrl-C ends the story early, but not without cleaning up. */
const interruption = (say: Say): Promise<false> =>
  new Promise((resolve) => {
    const interrupted = (): void => {
      say('interrupted: leaving the bed as it was found')
      resolve(false)
    }
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  })

async function leaveAsFound(
  undoing: readonly { readonly what: string; readonly undo: () => Promise<unknown> }[],
  say: Say,
): Promise<boolean> {
  let tidy = true
  for (const { what, undo } of undoing) {
    try {
      await undo()
    } catch (error) {
      tidy = false
      say(`${what} did not work: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return tidy
}
