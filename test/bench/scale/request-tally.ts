import type { Transport, TransportRequest } from '../../../src/ports/transport.ts'

/** Counts what a client asks: `PATCH nodes`, `GET leases`. Watches are counted when they are opened. */
export class RequestTally {
  #counts = new Map<string, number>()
  #writes = 0
  #serialWrites = 0
  #lastWriteAt = performance.now()

  /** Requests that change something, the operator's own Lease and Events left out. */
  get writes(): number {
    return this.#writes
  }

  get quietForMs(): number {
    return performance.now() - this.#lastWriteAt
  }

  counting(transport: Transport): Transport {
    return {
      request: async (request) => {
        this.#note(request)
        return await transport.request(request)
      },
      stream: async (request, signal) => {
        this.#count(`WATCH ${resourceOf(request.path)}`)
        return await transport.stream(request, signal)
      },
    }
  }

  /** Since the last time that this was asked. */
  take(): Readonly<Record<string, number>> {
    const counts = Object.fromEntries([...this.#counts].toSorted(([left], [right]) => (left < right ? -1 : 1)))
    this.#counts = new Map()
    return counts
  }

  /** Those of them that a cordon waits for: the node's record, its run, the slot, the node. The others go beside them. */
  get serialWrites(): number {
    return this.#serialWrites
  }

  #note({ method, path }: TransportRequest): void {
    const resource = resourceOf(path)
    this.#count(`${method} ${resource}`)
    if (method !== 'GET' && serial.has(resource) && `${method} ${resource}` !== 'PATCH nodehealths')
      this.#serialWrites += 1
    if (method === 'GET' || resource === 'leases' || resource === 'events') return
    this.#writes += 1
    this.#lastWriteAt = performance.now()
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }
}

const serial: ReadonlySet<string> = new Set([
  'nodehealths',
  'noderemediations',
  'noderemediations/status',
  'disruptionledgers',
  'nodes',
])

/** `nodes`, `pods/eviction`. */
function resourceOf(path: string): string {
  const [root, ...rest] = path.split('/').slice(1)
  const segments = rest.slice(root === 'api' ? 1 : 2)
  const [plural = '', , subresource] =
    segments[0] === 'namespaces' && segments.length > 2 ? segments.slice(2) : segments
  return subresource === undefined ? plural : `${plural}/${subresource}`
}
