import { type ResourceDescriptor, resourceName } from './descriptor.ts'

/** What is served right now. */
export class Registry {
  readonly #builtIn: readonly ResourceDescriptor[]
  readonly #custom = new Map<string, readonly ResourceDescriptor[]>()
  #byPath = new Map<string, ResourceDescriptor>()
  #all: readonly ResourceDescriptor[] = []

  constructor(builtIn: readonly ResourceDescriptor[]) {
    this.#builtIn = builtIn
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

  /** Replaces what a CRD serves; nothing: it is gone. */
  setCustom(crdName: string, resources: readonly ResourceDescriptor[]): void {
    if (resources.length === 0) this.#custom.delete(crdName)
    else this.#custom.set(crdName, resources)
    this.#refresh()
  }

  #refresh(): void {
    this.#all = [...this.#builtIn, ...[...this.#custom.values()].flat()]
    this.#byPath = new Map(
      this.#all.map((resource) => [`${resource.group}/${resource.version}/${resource.plural}`, resource]),
    )
  }
}
