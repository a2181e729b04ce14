import { isObject, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'
import type { ApiRequest, ApiResponse, Cause } from '../api-request.ts'
import { badRequest, forbidden, StatusError } from '../errors/status-error.ts'
import { setCondition } from '../objects/conditions.ts'
import { objectAt } from '../objects/fields.ts'
import { goTime } from '../objects/times.ts'
import { type DeleteOptions, deleteOptions, writeOptions } from '../requests/options.ts'
import { selectorMatches } from '../selection/object-selector.ts'
import { success } from '../verbs/answer.ts'
import { checkPreconditions, remove } from '../verbs/delete.ts'
import { type Engine, existing, keyOf, storedAt, type Target } from '../verbs/engine.ts'
import { checkKind } from '../verbs/read-body.ts'

export interface EvictionRequest {
  readonly request: ApiRequest
  readonly cause: Cause
}

/** POST pods/x/eviction: a deletion that asks the disruption budgets first. Throws StatusError. */
export function evict(engine: Engine, target: Target, { request, cause }: EvictionRequest): ApiResponse {
  const body = isObject(request.body) ? request.body : {}
  checkKind({ group: 'policy', version: 'v1', kind: 'Eviction' }, body, 'policy')
  if ((textAt(body, 'metadata', 'name') ?? '') !== target.name)
    throw badRequest('name in URL does not match name in Eviction object')
  const options = evictionOptions(request, body)
  const pod = existing(engine, target)
  if (needsNoBudget(pod)) return deleteEvicted(engine, target, { options, cause })
  const budgets = budgetsOf(engine, target, pod)
  if (budgets.length > 1) throw severalBudgets()
  const [budget] = budgets
  if (budget !== undefined && !mayGoUnhealthy(pod, budget))
    takeFromBudget(engine, { budget, podName: target.name, dryRun: options.dryRun, cause })
  return deleteEvicted(engine, target, { options, cause })
}

function evictionOptions(request: ApiRequest, body: JsonObject): DeleteOptions {
  const { dryRun } = writeOptions(request, 'CreateOptions')
  const options = deleteOptions({ ...request, query: {}, body: objectAt(body, 'deleteOptions') })
  return { ...options, dryRun: options.dryRun || dryRun }
}

/** Not yet running, finished, or going already: nothing is disrupted. */
function needsNoBudget(pod: JsonObject): boolean {
  const phase = textAt(pod, 'status', 'phase') ?? ''
  return (
    ['Pending', 'Succeeded', 'Failed'].includes(phase) || textAt(pod, 'metadata', 'deletionTimestamp') !== undefined
  )
}

const isReady = (pod: JsonObject): boolean =>
  listAt(pod, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  )

function budgetsOf(engine: Engine, { namespace }: Target, pod: JsonObject): readonly JsonObject[] {
  const resource = engine.registry.resolve('poddisruptionbudgets.policy')
  if (resource === undefined) return []
  const store = engine.storage.storeOf(resource)
  const labels = objectAt(objectAt(pod, 'metadata'), 'labels')
  return store
    .keys(namespace)
    .map((key) => store.get(key))
    .filter((budget) => budget !== undefined)
    .filter((budget) => {
      const { selector } = objectAt(budget, 'spec')
      return isObject(selector) && selectorMatches(selector, labels)
    })
}

/** A pod that is not ready serves nobody: it may go where its budget says so, or while the others are enough. */
function mayGoUnhealthy(pod: JsonObject, budget: JsonObject): boolean {
  if (isReady(pod)) return false
  if (textAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return true
  const [current, desired] = [count(budget, 'currentHealthy'), count(budget, 'desiredHealthy')]
  return current >= desired && desired > 0
}

const count = (budget: JsonObject, member: string): number => numberAt(budget, 'status', member) ?? 0

const disruptedPodsMax = 2_000

interface Taking {
  readonly budget: JsonObject
  readonly podName: string
  readonly dryRun: boolean
  readonly cause: Cause
}

/** Before the pod's UID is compared, as the real server does: an eviction of a pod that is gone costs a disruption. */
function takeFromBudget(engine: Engine, { budget, podName, dryRun, cause }: Taking): void {
  const name = textAt(budget, 'metadata', 'name') ?? ''
  const status = objectAt(budget, 'status')
  refuse(budget, name)
  if (dryRun) return
  const resource = engine.registry.resolve('poddisruptionbudgets.policy')
  if (resource === undefined) return
  const now = goTime(engine.now())
  const disruptionsAllowed = count(budget, 'disruptionsAllowed') - 1
  const taken = {
    ...status,
    disruptionsAllowed,
    disruptedPods: { ...objectAt(status, 'disruptedPods'), [podName]: now },
  }
  const object = {
    ...budget,
    status: disruptionsAllowed > 0 ? taken : { ...taken, conditions: setCondition(status, insufficient(budget), now) },
  }
  const key = keyOf({ resource, namespace: textAt(budget, 'metadata', 'namespace') ?? '', name })
  engine.storage.put(resource, { key, object }, { ...cause, verb: 'update', subresource: 'status' })
}

const insufficient = (budget: JsonObject): JsonObject => ({
  type: 'DisruptionAllowed',
  status: 'False',
  observedGeneration: count(budget, 'observedGeneration'),
  reason: 'InsufficientPods',
  message: '',
})

function refuse(budget: JsonObject, name: string): void {
  if (count(budget, 'observedGeneration') < (numberAt(budget, 'metadata', 'generation') ?? 0)) {
    throw tooManyRequests(`The disruption budget ${name} is still being processed by the server.`, 10)
  }
  const subject = { group: 'policy', plural: 'poddisruptionbudget', kind: 'PodDisruptionBudget' }
  if (count(budget, 'disruptionsAllowed') < 0) throw forbidden(subject, name, 'pdb disruptions allowed is negative')
  if (Object.keys(objectAt(objectAt(budget, 'status'), 'disruptedPods')).length > disruptedPodsMax) {
    throw forbidden(subject, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  }
  if (count(budget, 'disruptionsAllowed') === 0) throw tooManyRequests(whyNone(budget, name), 0)
}

function whyNone(budget: JsonObject, name: string): string {
  const condition = listAt(budget, 'status', 'conditions').find((each) => textAt(each, 'type') === 'DisruptionAllowed')
  const message = textAt(condition, 'status') === 'False' ? (textAt(condition, 'message') ?? '') : ''
  const reason = textAt(condition, 'reason') ?? ''
  if (message !== '' && reason === 'SyncFailed') {
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${message}`
  }
  const [current, desired] = [count(budget, 'currentHealthy'), count(budget, 'desiredHealthy')]
  if (current <= desired)
    return `The disruption budget ${name} needs ${desired} healthy pods and has ${current} currently`
  if (message !== '')
    return `The disruption budget ${name} does not allow evicting pods currently (${reason}): ${message}`
  return `The disruption budget ${name} does not allow evicting pods currently`
}

const tooManyRequests = (why: string, retryAfterSeconds: number): StatusError =>
  new StatusError({
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: {
      causes: [{ reason: 'DisruptionBudget', message: why }],
      ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
    },
    ...(retryAfterSeconds === 0 ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
  })

const severalBudgets = (): StatusError =>
  new StatusError({
    code: 500,
    message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  })

/** Says on the pod why it goes, and deletes it. */
function deleteEvicted(
  engine: Engine,
  target: Target,
  { options, cause }: { readonly options: DeleteOptions; readonly cause: Cause },
): ApiResponse {
  const pod = existing(engine, target)
  checkPreconditions(target, pod, options)
  if (!options.dryRun) {
    const status = objectAt(pod, 'status')
    const conditions = setCondition(status, { ...disruptionTarget, lastProbeTime: null }, goTime(engine.now()))
    const object = { ...pod, status: { ...status, conditions } }
    engine.storage.put(target.resource, { key: keyOf(target), object }, cause)
  }
  // A listener may have ended the pod already: then it is as gone as it was asked to be.
  if (storedAt(engine, target) !== undefined)
    remove(engine, target, { options: { ...options, uid: undefined, resourceVersion: undefined }, cause })
  return success(201)
}

const disruptionTarget = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
}
