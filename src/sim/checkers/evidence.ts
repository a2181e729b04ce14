import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { isObject, type JsonObject } from '../../kernel/json.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import type { Served } from '../weather/network.ts'
import type { Process } from '../weather/process.ts'
import { uidOf } from '../world/fields.ts'
import type { Checker, Happening, Truth } from './checker.ts'
import { type Deed, deedOf } from './deeds.ts'
import { isManual, isStated } from './symptoms.ts'

/** A look that is older than this licenses nothing. */
const freshMs = seconds(10)

interface Look {
  readonly at: Instant
  readonly body: unknown
}

/**
 * Every destructive request, and every order to switch off, rests on live reads of node, lease and run that the same process made just
 * before and that still show the cause; and what goes to the API server carries its precondition.
 */
export function actsRestOnLiveReads(): Checker {
  const looks = new Map<Process, Map<string, Look>>()
  return {
    invariant: 'I6',
    judge: (happening, truth) => {
      if (happening.kind === 'Served') noteLook(looks, happening.served, truth)
      const deed = deedOf(happening, truth)
      const by = senderOf(happening)
      if (deed === undefined || by === undefined) return undefined
      if (deed.precondition === '') return `${deed.what} carries no precondition`
      return unlicensed(deed, looks.get(by) ?? new Map<string, Look>(), truth)
    },
  }
}

type Looks = ReadonlyMap<string, Look>

const senderOf = (happening: Happening): Process | undefined =>
  happening.kind === 'Served' ? happening.served.by : happening.kind === 'Process' ? happening.event.by : undefined

function noteLook(looks: Map<Process, Map<string, Look>>, served: Served, { now }: Truth): void {
  if (served.request.method !== 'GET' || served.status !== 200 || !isLinearizable(served)) return
  const own = looks.get(served.by) ?? new Map<string, Look>()
  looks.set(served.by, own)
  own.set(served.request.path, { at: now(), body: served.response.body })
}

/** `resourceVersion=0` is answered from a cache, whatever has happened since. */
const isLinearizable = ({ request }: Served): boolean => request.query?.['resourceVersion'] === undefined

function unlicensed(act: Deed, looks: Looks, truth: Truth): string | undefined {
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
    return look === undefined || act.sentAt - look.at > freshMs
  })
  if (stale !== undefined) return `${act.what} rests on no fresh read of ${stale}`
  const node = looks.get(nodePath)?.body
  return isObject(node) ? disproved(act, node, run) : `${act.what} rests on a look that showed no node`
}

/** By the very look that should license it. A treatment that is under way is followed to its end. */
function disproved({ kind, what }: Deed, node: JsonObject, run: NodeRemediation): string | undefined {
  if (uidOf(node) !== run.spec?.node.uid) return `${what} rests on a look at another node of that name`
  const { signals } = run.spec.cause
  const isVisible = signals.length > 0 && signals.every(({ nodeCondition }) => nodeCondition !== undefined)
  if (run.spec.cause.class !== 'Fault' || isManual(run) || !isVisible || kind === 'GiveBackClaim') return undefined
  return signals.some((signal) => isStated(node, signal))
    ? undefined
    : `${what} rests on a look that no longer showed the cause`
}
