import type { JsonObject } from '../../../kernel/json.ts'
import type { Negotiated } from './table-request.ts'

/**
 * The first form in an `Accept` header that this server can give. Clients write protobuf first and JSON second: they get
 * JSON. A Table of another version, or only protobuf, is not acceptable.
 */
export function negotiate(accept: string | undefined): Negotiated {
  if (accept === undefined || accept.trim() === '') return { kind: 'Json' }
  const known = negotiated.get(accept)
  if (known !== undefined) return known
  const found = read(accept)
  if (negotiated.size >= negotiatedMax) negotiated.clear()
  negotiated.set(accept, found)
  return found
}

/** Each client says the same with every request. */
const negotiated = new Map<string, Negotiated>()
const negotiatedMax = 100

function read(accept: string): Negotiated {
  const ranges = accept.split(',').map((range, index) => ({ ...readRange(range), index }))
  const ordered = ranges.toSorted((left, right) => right.quality - left.quality || left.index - right.index)
  for (const range of ordered) {
    const found = offered(range)
    if (found !== undefined) return found
  }
  return { kind: 'NotAcceptable' }
}

interface MediaRange {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

function readRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters = new Map(
    rest.map((part): readonly [string, string] => {
      const [name = '', value = ''] = part.split('=')
      return [name.trim().toLowerCase(), value.trim().replaceAll('"', '')]
    }),
  )
  return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? '1') }
}

const jsonTypes = ['application/json', 'application/*', '*/*']

function offered({ type, parameters }: MediaRange): Negotiated | undefined {
  if (!jsonTypes.includes(type)) return undefined
  const as = parameters.get('as')
  if (as === undefined) return { kind: 'Json' }
  const group = parameters.get('g')
  const version = parameters.get('v')
  if (group === 'apidiscovery.k8s.io' && version === 'v2' && as === 'APIGroupDiscoveryList') return { kind: as }
  if (group !== 'meta.k8s.io' || version !== 'v1') return undefined
  return as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'
    ? { kind: as }
    : undefined
}

/** The answer to a client that takes nothing we have. */
export const notAcceptable: JsonObject = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'only the following media types are accepted: application/json',
  reason: 'NotAcceptable',
  code: 406,
}
