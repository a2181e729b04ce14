import { selectorAt } from '../../../api/core/kinds.ts'
import { at, isObject, type JsonObject, numberAt } from '../../../kernel/json.ts'
import { matchesSelector } from '../../../kernel/selector.ts'
import { type Instant, instant, later, minutes, parseTime } from '../../../kernel/time.ts'
import { withConditions } from '../conditions.ts'
import { isActive, isReady, isTerminating, keyOf, labelsOf, namespaceOf, refFromKey } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import { writeStatus } from '../write-status.ts'
import { expectedOf } from './expected-pods.ts'

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
  objects.on('pods', ({ object, previous = object }) => {
    for (const budget of objects.all(budgets))
      if (selects(budget, object) || selects(budget, previous)) queue.add(keyOf(budget))
  })
  for (const resource of ['replicasets.apps', 'deployments.apps', 'statefulsets.apps']) {
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
    const expected = expectedOf(budget, pods, objects)
    if (typeof expected === 'string') {
      failSafe(budget, expected)
      return
    }
    const { expectedPods, desiredHealthy } = expected
    const currentHealthy = pods.filter(
      (pod) => isActive(pod) && isReady(pod) && !Object.hasOwn(disrupted, nameIn(pod)),
    ).length
    const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
    const isAllowed = disruptionsAllowed > 0
    const reason = isAllowed ? 'SufficientPods' : 'InsufficientPods'
    const said = [{ type: 'DisruptionAllowed', status: isAllowed ? 'True' : 'False', reason, message: '' }] as const
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

  /** Where it cannot count it allows nothing, and says why. */
  function failSafe(budget: JsonObject, message: string): void {
    const said = [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message }] as const
    const conditions = withConditions(budget, said, { now: timers.now() })
    writeStatus(api, budgets, { object: budget, status: { disruptionsAllowed: 0, conditions } })
  }
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
