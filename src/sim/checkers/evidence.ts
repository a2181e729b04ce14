import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { isObject, type JsonObject } from '../../kernel/json.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import type { Served } from '../weather/network.ts'
import type { Process } from '../weather/process.ts'
import { uidOf } from '../world/fields.ts'
import { type Act, actOf, isDisruptive } from './acts.ts'
import type { Checker, Truth } from './checker.ts'
import { isManual, isStated } from './symptoms.ts'

/** A look that is older than this licenses nothing. */
const freshMs = seconds(10)

interface Look {
  readonly at: Instant
  readonly body: unknown
}

/**
 * Every destructive request rests on live reads of node, lease and run that the same process made just before, that still show the
 * cause, and it carries its precondition.
 */
export function actsRestOnLiveReads(): Checker {
  const looks = new Map<Process, Map<string, Look>>()
  return {
    invariant: 'I6',
    judge: (happening, truth) => {
      if (happening.kind !== 'Served') return undefined
      const { served } = happening
      const own = looks.get(served.by) ?? new Map<string, Look>()
      looks.set(served.by, own)
      if (served.request.method === 'GET') {
        if (served.status === 200 && isLinearizable(served)) {
          own.set(served.request.path, { at: truth.now(), body: served.response.body })
        }
        return undefined
      }
      const act = actOf(served, truth)
      return act === undefined || !isDisruptive(act) ? undefined : unlicensed(act, { served, looks: own, truth })
    },
  }
}

/** `resourceVersion=0` is answered from a cache, whatever has happened since. */
const isLinearizable = ({ request }: Served): boolean => request.query?.['resourceVersion'] === undefined

interface Case {
  readonly served: Served
  readonly looks: ReadonlyMap<string, Look>
  readonly truth: Truth
}

function unlicensed(act: Act, { served, looks, truth }: Case): string | undefined {
  if (act.precondition === undefined) return `${act.what} carries no precondition`
  const run = truth.openRunOn(act.nodeName)
  if (run === undefined) return `${act.what} belongs to no run`
  const nodePath = `/api/v1/nodes/${act.nodeName}`
  const needed = [
    nodePath,
    `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${act.nodeName}`,
    `/apis/prunella.dev/v1alpha1/noderemediations/${run.metadata.name}`,
  ]
  const stale = needed.find((path) => {
    const look = looks.get(path)
    return look === undefined || served.sentAt - look.at > freshMs
  })
  if (stale !== undefined) return `${act.what} rests on no fresh read of ${stale}`
  const node = looks.get(nodePath)?.body
  return isObject(node) ? disproved(act, node, run) : `${act.what} rests on a look that showed no node`
}

/** By the very look that should license it. A treatment that is under way is followed to its end. */
function disproved({ kind, what }: Act, node: JsonObject, run: NodeRemediation): string | undefined {
  if (uidOf(node) !== run.spec?.node.uid) return `${what} rests on a look at another node of that name`
  const { signals } = run.spec.cause
  const isVisible = signals.length > 0 && signals.every(({ nodeCondition }) => nodeCondition !== undefined)
  if (run.spec.cause.class !== 'Fault' || isManual(run) || !isVisible || kind === 'GiveBackClaim') return undefined
  return signals.some((signal) => isStated(node, signal))
    ? undefined
    : `${what} rests on a look that no longer showed the cause`
}
