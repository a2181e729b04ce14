import type { Change } from '../api-server/api-request.ts'
import type { WorldEvent } from '../world/events.ts'
import { isActive, isReady, isTerminating, labelsOf, nameOf } from '../world/fields.ts'
import { poolLabel } from '../world/karpenter/node-pool.ts'
import { tellActs } from './node-acts.ts'
import { isDone, runOn } from './runs.ts'
import type { Stage, Story } from './story.ts'

const expected = [
  'alert fires',
  'run created',
  'cordoned',
  'evicted',
  'alert gone',
  'claim deleted',
  'node gone',
  'run done',
]

export interface Overloaded {
  readonly nodeName: string
  readonly pool: string
  readonly alert: string
  /** The Deployment whose budget is watched, and how many of its pods must be healthy at any moment. */
  readonly app: string
  readonly minAvailable: number
}

/** Load that leaves with the pods: the signal is gone as soon as the drain is, and still the node is replaced. */
export function overloadStory(stage: Stage, subject: Overloaded): Story {
  const { world, timeline } = stage
  const { nodeName } = subject
  const poolBefore = poolNodes(stage, subject.pool)
  let fewest = Number.POSITIVE_INFINITY
  return {
    letter: 'b',
    title: `overload of ${nodeName}, pool ${subject.pool}`,
    timeline,
    begin: () => world.overload(nodeName),
    witness: (event) => tellAlert(stage, subject, event),
    change: (change) => {
      tellActs(stage, nodeName, change)
      tellReplacement(stage, { subject, poolBefore }, change)
      if (change.plural === 'pods') fewest = Math.min(fewest, healthyPods(stage, subject.app))
    },
    isOver: () => isDone(runOn(world, nodeName)) && timeline.has('replacement ready'),
    problems: () => [...timeline.disorder(expected), ...judge(stage, subject, fewest)],
  }
}

function tellAlert({ timeline }: Stage, { nodeName, alert }: Overloaded, event: WorldEvent): void {
  if (event.kind !== 'AlertBecame' || event.machine !== nodeName || event.alert !== alert) return
  if (event.firing) timeline.mark('alert fires', `Alertmanager: ${alert} fires for ${nodeName}`)
  else
    timeline.mark(
      'alert gone',
      `Alertmanager: ${alert} is resolved, for the load has left with the pods; the run goes on`,
    )
}

interface Replaced {
  readonly subject: Overloaded
  readonly poolBefore: readonly string[]
}

function tellReplacement(
  { timeline }: Stage,
  { subject, poolBefore }: Replaced,
  { plural, type, object }: Change,
): void {
  const { nodeName, pool } = subject
  if (plural === 'nodeclaims' && nameOf(object) === nodeName && isTerminating(object)) {
    timeline.mark('claim deleted', `NodeClaim ${nodeName} is deleted`)
  }
  if (plural !== 'nodes') return
  if (type === 'DELETED' && nameOf(object) === nodeName) timeline.mark('node gone', `Node ${nodeName} is gone`)
  const isNew = labelsOf(object)[poolLabel] === pool && !poolBefore.includes(nameOf(object))
  if (isNew && isReady(object)) timeline.mark('replacement ready', `replacement ${nameOf(object)} is Ready`)
}

const poolNodes = ({ world }: Stage, pool: string): readonly string[] =>
  world.objects
    .all('nodes')
    .filter((node) => labelsOf(node)[poolLabel] === pool)
    .map(nameOf)

const healthyPods = ({ world }: Stage, app: string): number =>
  world.objects.all('pods').filter((pod) => labelsOf(pod)['app'] === app && isActive(pod) && isReady(pod)).length

function judge(stage: Stage, { nodeName, pool, app, minAvailable }: Overloaded, fewest: number): readonly string[] {
  const { world, timeline } = stage
  const outcome = runOn(world, nodeName)?.status.step?.outcome
  const ready = world.objects.all('nodes').filter((node) => labelsOf(node)[poolLabel] === pool && isReady(node))
  return [
    ...(timeline.has('replacement ready') ? [] : ['it never came to: replacement ready']),
    ...(world.fleet.hosts.has(nodeName) ? ['the old machine is still there'] : []),
    ...(ready.length === 0 ? [`no node of pool ${pool} is Ready`] : []),
    ...(fewest < minAvailable
      ? [`only ${fewest} pods of ${app} were healthy at one moment, its budget wants ${minAvailable}`]
      : []),
    ...(outcome === 'NodeReplaced' ? [] : [`the run ended ${outcome ?? 'not at all'}`]),
  ]
}
