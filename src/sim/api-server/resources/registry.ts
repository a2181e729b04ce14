import type { CompiledCrd } from '../crd/compiled-crd.ts'
import { customResources } from './custom-resources.ts'
import { type ResourceDescriptor, resourceName } from './descriptor.ts'

/** What is served right now. */
export class Registry {
  readonly #builtIn: readonly ResourceDescriptor[]
  readonly #custom = new Map<string, { readonly crd: CompiledCrd; readonly resources: readonly ResourceDescriptor[] }>()
  readonly #changed: (storageKey: string) => void
  readonly #builtInGroups: ReadonlySet<string>
  #byPath = new Map<string, ResourceDescriptor>()
  #byName = new Map<string, ResourceDescriptor>()
  #groups: ReadonlySet<string> = new Set()
  #all: readonly ResourceDescriptor[] = []
  #generation = 0

  /** `changed` hears which stored objects are served differently from now on. */
  constructor(builtIn: readonly ResourceDescriptor[], changed: (storageKey: string) => void) {
    this.#builtIn = builtIn
    this.#builtInGroups = groupsOf(builtIn)
    this.#changed = changed
    this.#refresh()
  }

  /** Built-in resources first; the preferred version of a group stands before its others. */
  get all(): readonly ResourceDescriptor[] {
    return this.#all
  }

  /** Moves on whenever something else is served. */
  get generation(): number {
    return this.#generation
  }

  find(group: string, version: string, plural: string): ResourceDescriptor | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`)
  }

  hasGroup(group: string): boolean {
    return this.#groups.has(group)
  }

  /** Served by CRDs alone. */
  isCustomGroup(group: string): boolean {
    return this.#groups.has(group) && !this.#builtInGroups.has(group)
  }

  /** By the name that kubectl uses: `pods`, `deployments.apps`. The preferred version. */
  resolve(name: string): ResourceDescriptor | undefined {
    return this.#byName.get(name)
  }

  /** Replaces what a CRD serves; undefined: it is gone. */
  serve(crdName: string, crd: CompiledCrd | undefined): void {
    if (this.#custom.get(crdName)?.crd === crd) return
    if (crd === undefined) this.#custom.delete(crdName)
    else this.#custom.set(crdName, { crd, resources: customResources(crd) })
    this.#refresh()
    this.#changed(crdName)
  }

  #refresh(): void {
    this.#all = [...this.#builtIn, ...[...this.#custom.values()].flatMap(({ resources }) => resources)]
    this.#groups = groupsOf(this.#all)
    this.#byPath = new Map(
      this.#all.map((resource) => [`${resource.group}/${resource.version}/${resource.plural}`, resource]),
    )
    this.#byName = new Map(this.#all.toReversed().map((resource) => [resourceName(resource), resource]))
    this.#generation += 1
  }
}

const groupsOf = (resources: readonly ResourceDescriptor[]): ReadonlySet<string> =>
  new Set(resources.map(({ group }) => group))
