import { at, listAt, textAt } from '../../kernel/json.ts'
import { seconds } from '../../kernel/time.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import type { Served } from '../weather/network.ts'
import type { Process } from '../weather/process.ts'
import type { Checker, Truth } from './checker.ts'

/** A look that is older than this licenses nothing. */
const freshMs = seconds(10)

interface Act {
  readonly what: string
  readonly nodeName: string
  /** What the request itself demands of the world; undefined: nothing. */
  readonly precondition: string | undefined
}

/** Every destructive request rests on live reads that the same process made just before, and carries its precondition. */
export function actsRestOnLiveReads(): Checker {
  const reads = new Map<Process, Map<string, number>>()
  return {
    invariant: 'I6',
    judge: (happening, truth) => {
      if (happening.kind !== 'Served') return undefined
      const { served } = happening
      if (served.request.method === 'GET') {
        if (served.status === 200) readsOf(reads, served.by).set(served.request.path, truth.now())
        return undefined
      }
      const act = destructiveAct(served, truth)
      if (act === undefined) return undefined
      if (act.precondition === undefined) return `${act.what} carries no precondition`
      const run = truth.runs.find(
        ({ spec, status }) => spec?.node.name === act.nodeName && status.step?.name !== 'Done',
      )
      const needed = [
        `/api/v1/nodes/${act.nodeName}`,
        `/apis/prunella.dev/v1alpha1/noderemediations/${run?.metadata.name ?? 'nobody'}`,
      ]
      const stale = needed.find(
        (path) => truth.now() - (readsOf(reads, served.by).get(path) ?? Number.NEGATIVE_INFINITY) > freshMs,
      )
      return stale === undefined ? undefined : `${act.what} rests on no fresh read of ${stale}`
    },
  }
}

function readsOf(reads: Map<Process, Map<string, number>>, process: Process): Map<string, number> {
  const known = reads.get(process) ?? new Map<string, number>()
  reads.set(process, known)
  return known
}

function destructiveAct({ request, status }: Served, truth: Truth): Act | undefined {
  if (status >= 400) return undefined
  return cordonOf(request) ?? evictionOf(request, truth) ?? nodeJobOf(request)
}

function cordonOf({ method, path, body }: TransportRequest): Act | undefined {
  const nodeName = /^\/api\/v1\/nodes\/([^/]+)$/.exec(path)?.[1]
  if (method !== 'PATCH' || nodeName === undefined || at(body, 'spec', 'unschedulable') !== true) return undefined
  return { what: `the cordon of ${nodeName}`, nodeName, precondition: textAt(body, 'metadata', 'resourceVersion') }
}

function evictionOf({ method, path, body }: TransportRequest, { world }: Truth): Act | undefined {
  const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction$/.exec(path) ?? []
  if (method !== 'POST' || name === undefined) return undefined
  const nodeName = textAt(world.objects.get('pods', { namespace, name }), 'spec', 'nodeName') ?? ''
  const precondition = textAt(body, 'deleteOptions', 'preconditions', 'uid')
  return { what: `the eviction of ${namespace}/${name}`, nodeName, precondition }
}

function nodeJobOf({ method, path, body }: TransportRequest): Act | undefined {
  if (method !== 'POST' || !path.endsWith('/jobs')) return undefined
  const nodeName = textAt(body, 'spec', 'template', 'spec', 'nodeName') ?? ''
  const environment = listAt(body, 'spec', 'template', 'spec', 'containers', 0, 'env')
  const expected = environment.find((entry) => textAt(entry, 'name') === 'EXPECTED_BOOT_ID')
  return { what: `the job on ${nodeName}`, nodeName, precondition: textAt(expected, 'value') }
}
