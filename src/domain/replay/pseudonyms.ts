import type { Episode } from '../../api/episode.ts'
import { isObject, type JsonObject, listAt, textAt } from '../../kernel/json.ts'

/**
 * The same episode under other names: nodes, pods and their namespaces, images, provider IDs and addresses. The same name always
 * becomes the same pseudonym, in every text, so that a replay decides as before. Labels, versions and the words of sources stay.
 */
export function pseudonymised(episode: Episode): Episode {
  const names = new Names()
  collect(episode, names)
  return { ...(mapped(episode, renaming(names)) as Episode), namesRedacted: true }
}

type Sort = 'node' | 'pod' | 'namespace' | 'image' | 'provider' | 'address'

class Names {
  readonly #pseudonyms = new Map<string, string>()
  readonly #counts = new Map<Sort, number>()

  note(sort: Sort, name: unknown): void {
    if (typeof name !== 'string' || name.length < 2 || this.#pseudonyms.has(name)) return
    if (sort === 'namespace' && (name === 'default' || name.startsWith('kube-'))) return
    this.#pseudonyms.set(name, this.#next(sort))
    // What people write of `ip-10-0-3-17.eu-west-1.compute.internal`.
    if (sort === 'node' && name.includes('.')) this.note(sort, name.split('.')[0])
  }

  of(sort: Sort, name: string): string {
    this.note(sort, name)
    return this.#pseudonyms.get(name) ?? name
  }

  all(): ReadonlyMap<string, string> {
    return this.#pseudonyms
  }

  #next(sort: Sort): string {
    const count = (this.#counts.get(sort) ?? 0) + 1
    this.#counts.set(sort, count)
    if (sort === 'address') return `${ours}${count}`
    return `${sort}-${String(count).padStart(4, '0')}-redacted`
  }
}

/** By the fields that bear names; the fields are few, and the same in every observation. */
function collect(value: unknown, names: Names): void {
  if (Array.isArray(value)) {
    for (const member of value) collect(member, names)
    return
  }
  if (!isObject(value)) return
  names.note('node', value['nodeName'])
  names.note('image', value['image'])
  names.note('provider', value['providerID'])
  if (isObject(value['metadata'])) collectOfObject(value, names)
  for (const [key, member] of Object.entries(value)) {
    if (key === 'node' && isObject(member)) names.note('node', member['name'])
    collect(member, names)
  }
}

/** Pods and nodes, by the fields that only they have. */
function collectOfObject(object: JsonObject, names: Names): void {
  const isPod = 'nodeName' in object && 'phase' in object
  const isNode = 'bootID' in object && 'kubeletVersion' in object
  if (isPod) names.note('namespace', textAt(object, 'metadata', 'namespace'))
  if (isPod) names.note('pod', textAt(object, 'metadata', 'name'))
  if (isNode) names.note('node', textAt(object, 'metadata', 'name'))
  if (!isNode) return
  names.note('node', textAt(object, 'metadata', 'labels', 'kubernetes.io/hostname'))
  // Its IP addresses become what every address becomes, wherever they stand.
  for (const address of listAt(object, 'addresses')) if (isHostName(address)) names.note('node', address)
}

const isHostName = (address: unknown): boolean => typeof address === 'string' && !/^[\d.]+$|:/.test(address)

const ipv4 = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g
/** Whole, shortened within and shortened in front; what looks like one, such as a MAC address, is taken for one. */
const group = '[0-9a-f]{1,4}'
const ipv6 = new RegExp(
  `(?<![0-9a-z:])(?:(?:${group}:){3,7}${group}|(?:${group}:){1,6}(?::${group}){1,6}|::(?:${group}:){0,6}${group})(?![0-9a-z:])`,
  'gi',
)
const ours = '192.0.2.'

/** Whole words only, and the longest first: `node-1` is a part of `node-1.eu`. */
function renaming(names: Names): (text: string) => string {
  const known = names.all()
  const escaped = [...known.keys()]
    .toSorted((left, right) => right.length - left.length)
    .map((name) => name.replaceAll(/[^A-Za-z0-9]/g, String.raw`\$&`))
  const words = new RegExp(`(?<![A-Za-z0-9])(?:${escaped.join('|')})(?![A-Za-z0-9])`, 'g')
  const address = (found: string): string => (found.startsWith(ours) ? found : names.of('address', found))
  return (text) => {
    const named = escaped.length === 0 ? text : text.replaceAll(words, (name) => known.get(name) ?? name)
    return named.replaceAll(ipv4, address).replaceAll(ipv6, address)
  }
}

function mapped(value: unknown, rename: (text: string) => string): unknown {
  if (typeof value === 'string') return rename(value)
  if (Array.isArray(value)) return value.map((member) => mapped(member, rename))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapped(member, rename)]))
}
