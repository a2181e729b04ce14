import { type JsonObject, listAt, textAt } from '../../../src/kernel/json.ts'
import { nameOf } from '../../scenario/conditions.ts'
import { stepDeadlineMs } from '../../scenario/follow.ts'
import type { ObjectWatch } from '../../scenario/object-watch.ts'
import { wait } from '../../wait.ts'

/** What is written down about one signal of a node. What is not, is plainly False, for of these nodes everything else is. */
export interface Claimed {
  readonly state: string
  readonly reason: string | undefined
  readonly holdUntil: string | undefined
}

export function claimIn(health: JsonObject, signal: string): Claimed {
  const found = listAt(health, 'status', 'signals').find((each) => textAt(each, 'name') === signal)
  return {
    state: textAt(found, 'state') ?? 'False',
    reason: textAt(found, 'reason'),
    holdUntil: textAt(found, 'holdUntil'),
  }
}

export interface Sought {
  readonly node: string
  readonly signal: string
  readonly state: string
  readonly since: number
  readonly deadlineMs: number
}

/** When it was first written down, after `since`. */
export async function claimSeen(healths: ObjectWatch, sought: Sought): Promise<Claimed & { readonly at: number }> {
  const { node, signal, state, since, deadlineMs } = sought
  const seen = await healths.until(
    `${signal} of ${node} to be ${state}`,
    ({ at, object }) => at >= since && nameOf(object) === node && claimIn(object, signal).state === state,
    deadlineMs,
  )
  return { ...claimIn(seen.object, signal), at: seen.at }
}

/** Every end of its hold that was written down, after `since`. */
export const holdsSince = (
  healths: ObjectWatch,
  { node, signal, since }: Pick<Sought, 'node' | 'signal' | 'since'>,
): readonly string[] => [
  ...new Set(
    healths.history
      .filter(({ at, object }) => at >= since && nameOf(object) === node)
      .flatMap(({ object }) => claimIn(object, signal).holdUntil ?? []),
  ),
]

/** Every state that was written down after `since`, and the one that stands. */
export const statesSince = (
  healths: ObjectWatch,
  { node, signal, since }: Pick<Sought, 'node' | 'signal' | 'since'>,
): readonly string[] => [
  ...new Set([
    ...healths.history
      .filter(({ at, object }) => at >= since && nameOf(object) === node)
      .map(({ object }) => claimIn(object, signal).state),
    claimNow(healths, node, signal)?.state ?? 'nothing',
  ]),
]

function claimNow(healths: ObjectWatch, node: string, signal: string): Claimed | undefined {
  const health = healths.current().find((each) => nameOf(each) === node)
  return health === undefined ? undefined : claimIn(health, signal)
}

/** Every node is believed to be well again. */
export async function allWell(healths: ObjectWatch, nodes: readonly string[], signal: string): Promise<void> {
  const well = async (): Promise<true> => {
    const ailing = nodes.filter((node) => claimNow(healths, node, signal)?.state !== 'False')
    if (ailing.length > 0) throw new Error(`${ailing.join(', ')} not`)
    return true
  }
  await wait(`${signal} to be False of ${nodes.join(', ')}`, well, { deadlineMs: stepDeadlineMs, everyMs: 100 })
}
