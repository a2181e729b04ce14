import type { CompiledCrd } from '../crd/compiled-crd.ts'
import { customResources } from './custom-resources.ts'
import { type ResourceDescriptor, resourceName } from './descriptor.ts'

/** What is served right now. */
export class Registry {
  readonly #builtIn: readonly ResourceDescriptor[]
  readonly #custom = new Map<string, { readonly crd: CompiledCrd; readonly resources: readonly ResourceDescriptor[] }>()
  readonly #changed: (storageKey: string) => void
  #byPath = new Map<string, ResourceDescriptor>()
  #all: readonly ResourceDescriptor[] = []

  /** `changed` hears which stored objects are served differently from now on. */
  constructor(builtIn: readonly ResourceDescriptor[], changed: (storageKey: string) => void) {
    this.#builtIn = builtIn
    this.#changed = changed
    this.#refresh()
  }

  /** Built-in resources first; the preferred version of a group stands before its others. */
  get all(): readonly ResourceDescriptor[] {
    return this.#all
  }

  find(group: string, version: string, plural: string): ResourceDescriptor | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`)
  }

  hasGroup(group: string): boolean {
    return this.#all.some((resource) => resource.group === group)
  }

  /** Served by CRDs alone. */
  isCustomGroup(group: string): boolean {
    return (
      this.#all.some((resource) => resource.group === group) &&
      !this.#builtIn.some((resource) => resource.group === group)
    )
  }

  /** By the name that kubectl uses: `pods`, `deployments.apps`. The preferred version. */
  resolve(name: string): ResourceDescriptor | undefined {
    return this.#all.find((resource) => resourceName(resource) === name)
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
    this.#byPath = new Map(
      this.#all.map((resource) => [`${resource.group}/${resource.version}/${resource.plural}`, resource]),
    )
  }
}
