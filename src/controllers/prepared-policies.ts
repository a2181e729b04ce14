import { allowedServices } from '../api/node-services.ts'
import type { NodeRemediationPolicy } from '../api/v1alpha1/node-remediation-policy.ts'
import { type PreparedPolicy, preparePolicy } from '../domain/policy/prepared-policy.ts'

/**
 * Policies with their expressions compiled, once per generation. Compiling costs some 250 µs, and a fleet asks thousands of times
 * a minute.
 */
export class PreparedPolicies {
  readonly #lister: { readonly list: () => readonly NodeRemediationPolicy[] }
  readonly #services: readonly string[]
  readonly #known = new Map<string, PreparedPolicy>()
  #last: { readonly policies: readonly NodeRemediationPolicy[]; readonly prepared: readonly PreparedPolicy[] } = {
    policies: [],
    prepared: [],
  }

  /** `services`: those that a rung may restart. */
  constructor(lister: { readonly list: () => readonly NodeRemediationPolicy[] }, services = allowedServices()) {
    this.#lister = lister
    this.#services = services
  }

  /** Those whose spec could be read, in the order of their names. The very list of before as long as they are the very same objects. */
  readonly list = (): readonly PreparedPolicy[] => {
    const policies = this.#lister.list()
    if (!hasSameItems(policies, this.#last.policies)) this.#last = { policies, prepared: this.#prepareAll(policies) }
    return this.#last.prepared
  }

  /** Undefined: not there, or its spec could not be read. */
  readonly get = (name: string): PreparedPolicy | undefined => this.list().find((policy) => policy.name === name)

  #prepareAll(policies: readonly NodeRemediationPolicy[]): readonly PreparedPolicy[] {
    const names = new Set(policies.map(({ metadata }) => metadata.name))
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name)
    return policies
      .flatMap((policy) => this.#prepared(policy) ?? [])
      .toSorted((left, right) => (left.name < right.name ? -1 : 1))
  }

  #prepared(policy: NodeRemediationPolicy): PreparedPolicy | undefined {
    const { name, uid, generation } = policy.metadata
    const known = this.#known.get(name)
    if (known !== undefined && known.uid === uid && known.generation === generation) return known
    const prepared = preparePolicy(policy, this.#services)
    if (prepared === undefined) this.#known.delete(name)
    else this.#known.set(name, prepared)
    return prepared
  }
}

const hasSameItems = <Item>(left: readonly Item[], right: readonly Item[]): boolean =>
  left.length === right.length && left.every((item, index) => item === right[index])
