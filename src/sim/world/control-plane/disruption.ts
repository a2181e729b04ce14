import { selectorAt } from '../../../api/core/kinds.ts'
import { at, isObject, type JsonObject, numberAt } from '../../../kernel/json.ts'
import { matchesSelector } from '../../../kernel/selector.ts'
import { type Instant, instant, later, minutes, parseTime } from '../../../kernel/time.ts'
import { withConditions } from '../conditions.ts'
import {
  controllerOf,
  isActive,
  isReady,
  isTerminating,
  keyOf,
  labelsOf,
  namespaceOf,
  refFromKey,
  uidOf,
} from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import type { Objects } from '../objects.ts'
import { writeStatus } from '../write-status.ts'

const budgets = 'poddisruptionbudgets.policy'

/** How long an eviction counts as a loss before its pod is seen going. */
const disruptedMs = minutes(2)

/** Counts for every PodDisruptionBudget what may still be disrupted; the API server spends it. */
export function runDisruption(nature: Nature): void {
  const { objects, timers } = nature
  const api = nature.as(controllerUser('disruption-controller'))
  const queue = new KeyQueue(nature, { actor: 'disruption', reconcile })
  objects.on(budgets, ({ type, object }) => {
    if (type !== 'DELETED') queue.add(keyOf(object))
  })
  objects.on('pods', ({ object }) => {
    for (const budget of objects.all(budgets)) if (selects(budget, object)) queue.add(keyOf(budget))
  })
  for (const resource of ['replicasets.apps', 'deployments.apps']) {
    objects.on(resource, ({ object }) => {
      for (const budget of objects.all(budgets))
        if (namespaceOf(budget) === namespaceOf(object)) queue.add(keyOf(budget))
    })
  }

  function reconcile(key: string): void {
    const budget = objects.get(budgets, refFromKey(key))
    if (budget === undefined || isTerminating(budget)) return
    const pods = objects.all('pods').filter((pod) => selects(budget, pod))
    const disrupted = stillDisrupted(budget, { pods, now: timers.now() })
    const { expectedPods, desiredHealthy } = wanted(budget, pods, objects)
    const currentHealthy = pods.filter(
      (pod) => isActive(pod) && isReady(pod) && !Object.hasOwn(disrupted, nameIn(pod)),
    ).length
    const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
    const said = [
      {
        type: 'DisruptionAllowed',
        status: disruptionsAllowed > 0 ? 'True' : 'False',
        reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        message: '',
      },
    ] as const
    writeStatus(api, budgets, {
      object: budget,
      status: {
        expectedPods,
        desiredHealthy,
        currentHealthy,
        disruptionsAllowed,
        observedGeneration: numberAt(budget, 'metadata', 'generation') ?? 0,
        disruptedPods: withRemovals(budget, disrupted),
        conditions: withConditions(budget, said, { now: timers.now() }),
      },
    })
    if (Object.keys(disrupted).length > 0) queue.add(key, disruptedMs)
  }
}

interface Wanted {
  readonly expectedPods: number
  readonly desiredHealthy: number
}

function wanted(budget: JsonObject, pods: readonly JsonObject[], objects: Objects): Wanted {
  const minAvailable = at(budget, 'spec', 'minAvailable')
  const maxUnavailable = at(budget, 'spec', 'maxUnavailable')
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable }
  const expectedPods = scaleOf(pods, objects)
  const desiredHealthy =
    maxUnavailable === undefined || maxUnavailable === null
      ? scaled(minAvailable, expectedPods)
      : Math.max(0, expectedPods - scaled(maxUnavailable, expectedPods))
  return { expectedPods, desiredHealthy }
}

/** What their controllers want, not how many there happen to be. */
function scaleOf(pods: readonly JsonObject[], objects: Objects): number {
  const owners = new Set(pods.flatMap((pod) => controllerOf(pod)?.uid ?? []))
  const loose = pods.filter((pod) => controllerOf(pod) === undefined).length
  const sets = objects.all('replicasets.apps').filter((replicaSet) => owners.has(uidOf(replicaSet)))
  return sets.reduce((sum, replicaSet) => sum + (numberAt(replicaSet, 'spec', 'replicas') ?? 1), loose)
}

/** Percentages of budgets round up. */
function scaled(value: unknown, total: number): number {
  if (typeof value === 'number') return value
  const percent = Number(/^(\d+)%$/.exec(typeof value === 'string' ? value : '')?.[1] ?? 0)
  return Math.ceil((percent * total) / 100)
}

function selects(budget: JsonObject, pod: JsonObject): boolean {
  const selector = selectorAt(budget['spec'])
  return selector !== undefined && namespaceOf(budget) === namespaceOf(pod) && matchesSelector(selector, labelsOf(pod))
}

const nameIn = (pod: JsonObject): string => keyOf(pod).split('/')[1] ?? ''

interface Seen {
  readonly pods: readonly JsonObject[]
  readonly now: Instant
}

/** Evicted pods that are neither gone nor going nor overdue. */
function stillDisrupted(budget: JsonObject, { pods, now }: Seen): JsonObject {
  const entries = Object.entries(disruptedOf(budget)).filter(([name, time]) => {
    const pod = pods.find((candidate) => nameIn(candidate) === name)
    const since = parseTime(typeof time === 'string' ? time : undefined) ?? instant(0)
    return pod !== undefined && !isTerminating(pod) && now < later(since, disruptedMs)
  })
  return Object.fromEntries(entries)
}

function disruptedOf(budget: JsonObject): JsonObject {
  const disrupted = at(budget, 'status', 'disruptedPods')
  return isObject(disrupted) ? disrupted : {}
}

/** A merge patch takes a member away by null. */
function withRemovals(budget: JsonObject, kept: JsonObject): JsonObject {
  const gone = Object.keys(disruptedOf(budget)).filter((name) => !Object.hasOwn(kept, name))
  return { ...kept, ...Object.fromEntries(gone.map((name) => [name, null])) }
}
