import { listAt, numberAt, textAt } from '../../../src/kernel/json.ts'
import { alertFires } from '../../alerting/look.ts'
import { alertmanagerUrl } from '../../rule-pack/monitoring.ts'
import { conditionOf, nameOf, uidOf } from '../../scenario/conditions.ts'
import type { ObjectWatch, Seen } from '../../scenario/object-watch.ts'
import type { Stage } from '../../scenario/scenario.ts'
import { wait } from '../../wait.ts'
import type { Fault } from './fault.ts'
import { signalNameOf } from './policies.ts'

/** Everything that the story looks at, from its beginning. */
export interface Watches {
  readonly nodes: ObjectWatch
  readonly events: ObjectWatch
  readonly healths: ObjectWatch
}

export const beginWatches = (stage: Stage): Watches => ({
  nodes: stage.watch('nodes'),
  events: stage.watch('events', '--namespace=default'),
  healths: stage.watch('nodehealths'),
})

/** Who says it, in a word: the type of the condition, the reason of the event, the name of the alert. */
export const signalWord = ({ signal }: Pick<Fault, 'signal'>): string =>
  textAt(signal, 'nodeCondition', 'type') ??
  textAt(signal, 'nodeEvent', 'reason') ??
  textAt(signal, 'alert', 'name') ??
  Object.keys(signal).join()

/** When the source first said it, after `since`. */
export async function signalSeen(stage: Stage, watches: Watches, at: Sought): Promise<number> {
  const { signal, name } = at.fault
  const until = async (watch: ObjectWatch, fits: (seen: Seen) => boolean): Promise<number> =>
    (await watch.until(signalWord(at.fault), (seen) => seen.at >= at.since && fits(seen), at.deadlineMs)).at
  const [condition, event, alert] = [textAt(signal, 'nodeCondition', 'type'), signal['nodeEvent'], signal['alert']]
  if (condition !== undefined) {
    const status = textAt(signal, 'nodeCondition', 'status')
    return await until(
      watches.nodes,
      ({ object }) => nameOf(object) === name && conditionOf(object, condition) === status,
    )
  }
  if (event !== undefined) {
    const needed = numberAt(event, 'count') ?? 1
    const of = { node: name, reason: textAt(event, 'reason') ?? '' }
    const count = (moment: number): number => countAt(watches.events.history, moment, of)
    // those of an earlier story are kept for an hour
    return await until(watches.events, ({ at: moment }) => count(moment) - count(at.since) >= needed)
  }
  if (isToldByOperator(signal)) return await claimSeen(watches, at)
  if (alert !== undefined) return await alertSeen(stage, { ...at, alert: textAt(alert, 'name') ?? '' })
  throw new Error(`${name}: nobody knows where to look for ${signalWord(at.fault)}`)
}

export interface Sought {
  readonly fault: Fault
  readonly since: number
  readonly deadlineMs: number
}

/** Events about the node with this reason, as they stood at this moment: alike ones are counted in one object. */
export function countAt(
  history: readonly Seen[],
  moment: number,
  of: { readonly node: string; readonly reason: string },
): number {
  const counts = new Map<string, number>()
  for (const { at, object } of history) {
    const isMeant = textAt(object, 'involvedObject', 'name') === of.node && textAt(object, 'reason') === of.reason
    if (isMeant && at <= moment) counts.set(uidOf(object), numberAt(object, 'count') ?? 1)
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

async function alertSeen({ bed: { layout } }: Stage, at: Sought & { readonly alert: string }): Promise<number> {
  const fires = async (): Promise<number | undefined> =>
    (await alertFires(alertmanagerUrl(layout), { name: at.alert, node: at.fault.name })) ? Date.now() : undefined
  return await wait(at.alert, fires, { deadlineMs: at.deadlineMs, everyMs: 100 })
}

/** Pods and a silent Lease are no signal until somebody counts: it is the operator who first says so. */
const isToldByOperator = (signal: Fault['signal']): boolean => 'lease' in signal || 'evictionStorm' in signal

async function claimSeen({ healths }: Watches, { fault, since, deadlineMs }: Sought): Promise<number> {
  const claimed = ({ at, object }: Seen): boolean =>
    at >= since &&
    nameOf(object) === fault.name &&
    listAt(object, 'status', 'signals').some(
      (each) => textAt(each, 'name') === signalNameOf(fault.name) && textAt(each, 'state') === 'True',
    )
  return (await healths.until(signalWord(fault), claimed, deadlineMs)).at
}

/** When the operator made the diagnosis that the fault asks for. */
export async function diagnosisSeen({ healths }: Watches, { fault, since, deadlineMs }: Sought): Promise<number> {
  const fits = ({ at, object }: Seen): boolean =>
    at >= since && nameOf(object) === fault.name && textAt(object, 'status', 'diagnosis', 'name') === fault.diagnosis
  return (await healths.until(`the diagnosis ${fault.diagnosis}`, fits, deadlineMs)).at
}
