import type { Node } from '../api/core/node.ts'
import { type NodeNames, nodeLabelsDefault, nodesNamedIn } from '../domain/detect/sources/node-identity.ts'
import { hostAddress } from '../kernel/host-address.ts'
import { isEqual } from '../kernel/json.ts'
import type { Change } from '../runtime/cache.ts'
import type { Watched } from './watched.ts'

/** Tells which nodes labels may be about, among those that there are. */
export class NodeIdentity implements NodeNames {
  readonly #nodes: Pick<Watched<Node>, 'get'>
  readonly #labels: readonly string[]
  readonly #byShortName = new NamesBy()
  readonly #byProviderID = new NamesBy()
  readonly #byAddress = new NamesBy()
  #version = 0

  constructor(
    nodes: Pick<Watched<Node>, 'get' | 'onChange'>,
    nodeLabels: readonly string[] | undefined = nodeLabelsDefault,
  ) {
    this.#nodes = nodes
    this.#labels = nodeLabels
    nodes.onChange((change) => this.#note(change))
  }

  /** Another one: the same labels may be about other nodes now. */
  get version(): number {
    return this.#version
  }

  readonly of = (labels: Readonly<Record<string, string>>): readonly string[] =>
    nodesNamedIn(labels, this, this.#labels)

  readonly has = (name: string): boolean => this.#nodes.get({ name }) !== undefined

  readonly ofShortName = (shortName: string): readonly string[] => this.#byShortName.of(shortName)

  readonly ofProviderID = (providerID: string): readonly string[] => this.#byProviderID.of(providerID)

  readonly ofAddress = (address: string): readonly string[] => this.#byAddress.of(hostAddress(address) ?? '')

  #note({ old, new: now }: Change<Node>): void {
    if (old !== undefined && now !== undefined && isCalledAsBefore(old, now)) return
    this.#version += 1
    for (const [index, of] of [
      [this.#byShortName, shortNamesOf],
      [this.#byProviderID, ({ providerID }: Node) => [providerID ?? '']],
      [this.#byAddress, addressesOf],
    ] as const) {
      if (old !== undefined) for (const key of of(old)) index.remove(key, old.metadata.name)
      if (now !== undefined) for (const key of of(now)) index.add(key, now.metadata.name)
    }
  }
}

const isCalledAsBefore = (old: Node, now: Node): boolean =>
  old.providerID === now.providerID && isEqual(old.addresses, now.addresses)

/** None: its name is short as it is. */
function shortNamesOf({ metadata }: Node): readonly string[] {
  const dot = metadata.name.indexOf('.')
  return dot < 1 ? [] : [metadata.name.slice(0, dot)]
}

const addressesOf = ({ addresses = [] }: Node): readonly string[] =>
  addresses.flatMap((address) => hostAddress(address) ?? [])

class NamesBy {
  readonly #names = new Map<string, Set<string>>()

  of(key: string): readonly string[] {
    return [...(this.#names.get(key) ?? [])]
  }

  /** Nothing is copied: all nodes of a fleet may share one key. */
  add(key: string, name: string): void {
    if (key === '') return
    const names = this.#names.get(key)
    if (names === undefined) this.#names.set(key, new Set([name]))
    else names.add(name)
  }

  remove(key: string, name: string): void {
    const names = this.#names.get(key)
    names?.delete(name)
    if (names?.size === 0) this.#names.delete(key)
  }
}
