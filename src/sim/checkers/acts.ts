import { defaultNamespace } from '../../api/annotations.ts'
import { leaseName } from '../../api/rights.ts'
import { at, type JsonObject, listAt, textAt } from '../../kernel/json.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import type { Served } from '../weather/network.ts'
import type { Truth } from './checker.ts'

/** What one request of the operator does to a node or to what runs on it. */
export interface Act {
  readonly kind: 'Cordon' | 'Uncordon' | 'Evict' | 'OrderNodeJob' | 'WithdrawNodeJob' | 'GiveBackClaim' | 'Other'
  /** For people. */
  readonly what: string
  /** Empty: it cannot be told. */
  readonly nodeName: string
  /** What the request itself demands of the world; undefined: nothing. */
  readonly precondition: string | undefined
}

/** Takes something from a workload or a machine: what remains gives back. */
export const isDisruptive = ({ kind }: Act): boolean =>
  kind === 'Cordon' || kind === 'Evict' || kind === 'OrderNodeJob' || kind === 'GiveBackClaim' || kind === 'Other'

const ownPaths = [
  /^\/apis\/prunella\.dev\//,
  /^\/apis\/events\.k8s\.io\//,
  /^\/api\/v1\/namespaces\/[^/]+\/events(\/|$)/,
  /^\/apis\/authorization\.k8s\.io\//,
]

const leases = `/apis/coordination.k8s.io/v1/namespaces/${defaultNamespace}/leases`

/** That of a node, in which its kubelet says that it lives, is another's. */
export const isOwnLease = ({ path, body }: TransportRequest): boolean =>
  path === `${leases}/${leaseName}` || (path === leases && textAt(body, 'metadata', 'name') === leaseName)

/** Our own group, our Lease and Events: what an operator that may not act may still write. */
export const isInert = (request: TransportRequest): boolean =>
  request.method === 'GET' || isOwnLease(request) || ownPaths.some((own) => own.test(request.path))

/** Undefined: it reads, it writes where that is inert, or it was refused. */
export function actOf({ request, status }: Served, truth: Truth): Act | undefined {
  if (status >= 400 || isInert(request)) return undefined
  return (
    nodeAct(request) ??
    eviction(request, truth) ??
    nodeJob(request, truth) ??
    claimDeletion(request, truth) ?? {
      kind: 'Other',
      what: `${request.method} ${request.path}`,
      nodeName: '',
      precondition: undefined,
    }
  )
}

function nodeAct({ method, path, body }: TransportRequest): Act | undefined {
  const nodeName = /^\/api\/v1\/nodes\/([^/]+)$/.exec(path)?.[1]
  if (method !== 'PATCH' || nodeName === undefined) return undefined
  const precondition = textAt(body, 'metadata', 'resourceVersion')
  return at(body, 'spec', 'unschedulable') === true
    ? { kind: 'Cordon', what: `the cordon of ${nodeName}`, nodeName, precondition }
    : { kind: 'Uncordon', what: `the release of ${nodeName}`, nodeName, precondition }
}

function eviction({ method, path, body }: TransportRequest, { world }: Truth): Act | undefined {
  const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction$/.exec(path) ?? []
  if (method !== 'POST' || name === undefined) return undefined
  const nodeName = textAt(world.objects.get('pods', { namespace, name }), 'spec', 'nodeName') ?? ''
  const precondition = textAt(body, 'deleteOptions', 'preconditions', 'uid')
  return { kind: 'Evict', what: `the eviction of ${namespace}/${name}`, nodeName, precondition }
}

function nodeJob({ method, path, body }: TransportRequest, { world }: Truth): Act | undefined {
  const [, namespace, , name] = /^\/apis\/batch\/v1\/namespaces\/([^/]+)\/jobs(\/([^/]+))?$/.exec(path) ?? []
  if (namespace === undefined) return undefined
  if (method === 'POST') {
    const nodeName = nodeOfJob(body)
    const environment = listAt(body, 'spec', 'template', 'spec', 'containers', 0, 'env')
    const expected = environment.find((entry) => textAt(entry, 'name') === 'EXPECTED_BOOT_ID')
    return {
      kind: 'OrderNodeJob',
      what: `the job on ${nodeName}`,
      nodeName,
      precondition: textAt(expected, 'value') ?? textAt(expected, 'valueFrom'),
    }
  }
  if (method !== 'DELETE' || name === undefined) return undefined
  const nodeName = nodeOfJob(world.objects.get('jobs.batch', { namespace, name }))
  const precondition = textAt(body, 'preconditions', 'uid')
  return { kind: 'WithdrawNodeJob', what: `the end of job ${name}`, nodeName, precondition }
}

const nodeOfJob = (job: unknown): string => textAt(job, 'spec', 'template', 'spec', 'nodeName') ?? ''

function claimDeletion({ method, path, body }: TransportRequest, { world }: Truth): Act | undefined {
  const name = /^\/apis\/karpenter\.sh\/v1\/nodeclaims\/([^/]+)$/.exec(path)?.[1]
  if (method !== 'DELETE' || name === undefined) return undefined
  const claim: JsonObject | undefined = world.objects.get('nodeclaims.karpenter.sh', { name })
  const nodeName = textAt(claim, 'status', 'nodeName') ?? name
  return {
    kind: 'GiveBackClaim',
    what: `the deletion of node claim ${name}`,
    nodeName,
    precondition: textAt(body, 'preconditions', 'uid'),
  }
}
