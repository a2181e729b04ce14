import { flagAt, textAt } from '../../../src/kernel/json.ts'
import { cpuAlert } from '../../alerting/config.ts'
import { alertFires } from '../../alerting/look.ts'
import { bedAlertmanagerUrl } from '../../alerting/services.ts'
import { conditionOf, nameOf, uidOf } from '../../scenario/conditions.ts'
import { killAndStartAgain, witness } from '../../scenario/follow.ts'
import type { ObjectWatch, Seen } from '../../scenario/object-watch.ts'
import type { Stage } from '../../scenario/scenario.ts'
import { wait } from '../../wait.ts'
import { podsOn } from './load.ts'
import type { Target } from './target.ts'

export interface Course {
  readonly target: Target
  readonly began: number
  readonly pods: ObjectWatch
}

export interface Followed {
  /** UID of the new Node. */
  readonly replacement: string
  readonly alertEndedAt: number
  readonly overAt: number
}

/** Waits for each thing that must be seen, in the order in which it is expected. */
export async function follow(stage: Stage, course: Course): Promise<Followed> {
  const { target, began, pods } = course
  const { nodeName, nodeUID, claimUID, poolUIDs } = target
  const nodes = stage.watch('nodes', '--selector=pool=karpenter')
  const claims = stage.watch('nodeclaims')
  const healths = stage.watch('nodehealths')
  const runs = stage.watch('noderemediations')
  const saw = witness(stage, began)

  await alertSeen(stage, nodeName, true)
  const diagnosed = ({ object }: Seen): boolean =>
    nameOf(object) === nodeName && textAt(object, 'status', 'diagnosis', 'name') === 'overloaded'
  await saw(healths, 'diagnosis overloaded', diagnosed)
  await saw(runs, 'a run begins', ({ object }) => textAt(object, 'spec', 'node', 'name') === nodeName)
  const cordoned = ({ object }: Seen): boolean => uidOf(object) === nodeUID && flagAt(object, 'spec', 'unschedulable')
  await saw(nodes, 'cordoned', cordoned)
  const leaves = ({ type, object }: Seen): boolean =>
    textAt(object, 'spec', 'nodeName') === nodeName &&
    (type === 'DELETED' || textAt(object, 'metadata', 'deletionTimestamp') !== undefined)
  await saw(pods, 'the first pod leaves', leaves)
  const [alertEndedAt] = await Promise.all([
    alertSeen(stage, nodeName, false),
    drainSeen(stage, course),
    stage.varied.killOperator ? killAndStartAgain(stage) : undefined,
  ])
  const claimGoes = ({ object }: Seen): boolean =>
    uidOf(object) === claimUID && textAt(object, 'metadata', 'deletionTimestamp') !== undefined
  await saw(claims, 'its NodeClaim is deleted', claimGoes)
  await saw(nodes, 'its Node is gone', ({ type, object }) => type === 'DELETED' && uidOf(object) === nodeUID)
  const isReplacement = ({ object }: Seen): boolean =>
    !poolUIDs.includes(uidOf(object)) && conditionOf(object, 'Ready') === 'True'
  const replacement = await saw(nodes, 'a replacement is Ready', isReplacement)
  const over = await saw(runs, 'the run has succeeded', ({ object }) => conditionOf(object, 'Succeeded') === 'True')
  return { replacement: uidOf(replacement.object), alertEndedAt, overAt: over.at }
}

async function drainSeen({ timeline }: Stage, { pods, target }: Course): Promise<void> {
  const drained = async (): Promise<true | undefined> =>
    podsOn(pods.current(), target.nodeName) === 0 ? true : undefined
  await wait('the drain', drained, { deadlineMs: 120_000, everyMs: 20 })
  timeline.mark('drained', Date.now())
}

async function alertSeen({ bed, timeline }: Stage, node: string, firing: boolean): Promise<number> {
  const look = async (): Promise<true | undefined> =>
    (await alertFires(bedAlertmanagerUrl(bed.layout), { name: cpuAlert, node })) === firing ? true : undefined
  await wait(`the alert to ${firing ? 'fire' : 'end'}`, look, { deadlineMs: 60_000, everyMs: 100 })
  const at = Date.now()
  timeline.mark(firing ? `alert ${cpuAlert} fires` : 'the alert has ended with the load', at)
  return at
}
