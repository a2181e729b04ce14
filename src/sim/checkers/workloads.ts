import { type JsonObject, listAt, numberAt, textAt } from '../../kernel/json.ts'
import { type Instant, parseTime, seconds } from '../../kernel/time.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import type { Change } from '../api-server/api-request.ts'
import type { Process } from '../weather/process.ts'
import { isReady, isTerminating, labelsOf, namespaceOf, phaseOf, uidOf } from '../world/fields.ts'
import { actOf } from './acts.ts'
import type { Checker, Truth } from './checker.ts'

/** As old as a look may be that licenses an act. */
const freshMs = seconds(10)

/** A running pod leaves by eviction alone, and no eviction takes an application below its budget. */
export function podsLeaveByEviction(): Checker {
  const goingSince = new Map<string, Instant>()
  return {
    invariant: 'I14',
    judge: (happening, truth) => {
      if (happening.kind === 'Changed') noteGoing(goingSince, happening.change, truth.now())
      if (happening.kind !== 'Served') return undefined
      const { request, status } = happening.served
      if (removesPod(request)) return `${request.method} ${request.path}: a pod leaves by eviction alone`
      const evicted = evictedPod(request.path)
      const pod = evicted && truth.world.objects.get('pods', evicted)
      // Gone at once: it never ran, and no budget speaks for it.
      if (pod === undefined || status !== 201 || phaseOf(pod) === 'Pending') return undefined
      // It was going anyway, and this changed nothing.
      const wasGoing = (goingSince.get(uidOf(pod)) ?? truth.now()) < truth.now()
      return wasGoing || hasJustFailed(pod, truth.now()) ? undefined : brokenBudget(truth, pod)
    },
  }
}

const removesPod = ({ method, path }: TransportRequest): boolean =>
  /^\/api\/v1\/(namespaces\/[^/]+\/)?pods(\/|$)/.test(path) && method !== 'GET' && !path.endsWith('/eviction')

function noteGoing(goingSince: Map<string, Instant>, { plural, type, object }: Change, now: Instant): void {
  if (plural !== 'pods') return
  const uid = uidOf(object)
  if (type === 'DELETED') goingSince.delete(uid)
  else if (isTerminating(object) && !goingSince.has(uid)) goingSince.set(uid, now)
}

/** Whom an eviction means was looked up live just before: a wrong UID costs a budget and moves nobody. */
export function evictionsKnowTheirPod(): Checker {
  const looks = new Map<Process, Instant>()
  return {
    invariant: 'I14',
    judge: (happening, truth) => {
      if (happening.kind !== 'Served') return undefined
      const { by, request, sentAt, status } = happening.served
      const isLook = request.method === 'GET' && /\/pods(\/[^/]+)?$/.test(request.path) && status === 200
      if (isLook && request.query?.['resourceVersion'] === undefined) looks.set(by, truth.now())
      const act = actOf(happening.served, truth)
      if (act?.kind !== 'Evict') return undefined
      const look = looks.get(by)
      return look === undefined || sentAt - look > freshMs ? `${act.what} rests on no fresh read of its pod` : undefined
    },
  }
}

export function evictedPod(path: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction$/.exec(path) ?? []
  return namespace === undefined || name === undefined ? undefined : { namespace, name }
}

/** The budget's controller has not counted that yet: by its word the API server lets the pod go, or others of the same budget. */
function hasJustFailed(pod: JsonObject, now: Instant): boolean {
  const ready = listAt(pod, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Ready')
  const since = parseTime(textAt(ready, 'lastTransitionTime'))
  return !isReady(pod) && since !== undefined && now - since < seconds(1)
}

/** Only the budgets of the pod that was evicted: another application may have lost its pods by itself. */
function brokenBudget({ world, now }: Truth, evicted: JsonObject): string | undefined {
  const [namespace, app] = [namespaceOf(evicted), labelsOf(evicted)['app']]
  for (const budget of world.objects.all('poddisruptionbudgets.policy')) {
    const isOther =
      textAt(budget, 'metadata', 'namespace') !== namespace ||
      textAt(budget, 'spec', 'selector', 'matchLabels', 'app') !== app
    // What a share or a maximum comes to, the budget's controller has worked out.
    const wanted = numberAt(budget, 'spec', 'minAvailable') ?? numberAt(budget, 'status', 'desiredHealthy')
    if (isOther || app === undefined || wanted === undefined) continue
    const pods = world.objects
      .all('pods')
      .filter((pod) => textAt(pod, 'metadata', 'namespace') === namespace && labelsOf(pod)['app'] === app)
    const healthy = pods.filter((pod) => (isReady(pod) || hasJustFailed(pod, now())) && !isTerminating(pod)).length
    if (healthy < wanted)
      return `an eviction left ${healthy} healthy pods of ${namespace}/${app}, its budget wants ${wanted}`
  }
  return undefined
}
