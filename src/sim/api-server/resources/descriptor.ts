import type { JsonObject } from '../../../kernel/json.ts'
import type { CompiledVersion, SelectableField } from '../crd/compiled-crd.ts'
import type { DiscoveredResource } from '../discovery/discovered-resource.ts'
import type { Struct } from '../shapes/shape.ts'
import type { Strategy } from '../strategies/strategy.ts'

/** One resource as it is served: a group, a version and a plural. */
export interface ResourceDescriptor extends DiscoveredResource {
  readonly listKind: string
  /** Resources with the same storage key are views of the same objects. */
  readonly storageKey: string
  readonly strategy: Strategy
  /** What field selectors may name, in the form that is stored. */
  readonly selectableFields: readonly SelectableField[]
  /** Field selector paths that the store keeps an index for. */
  readonly indexedFields: readonly string[]
  readonly form: Form
}

/**
 * How bodies are read and written: through a Go type, or through the schema of a custom resource. Built-in objects are stored
 * without kind and apiVersion, as the real server leaves them out of the items of a list.
 */
type Form = BuiltInForm | CustomForm

export interface BuiltInForm {
  readonly kind: 'BuiltIn'
  readonly struct: Struct
  /** Between this version and what is stored; undefined where they are the same. */
  readonly fromStorage?: (object: JsonObject) => JsonObject
  readonly toStorage?: (object: JsonObject) => JsonObject
}

interface CustomForm {
  readonly kind: 'Custom'
  readonly version: CompiledVersion
  readonly storageApiVersion: string
}

export const apiVersionOf = ({ group, version }: { readonly group: string; readonly version: string }): string =>
  group === '' ? version : `${group}/${version}`

/** As kubectl and error texts write it: `deployments.apps`. */
export const resourceName = ({ group, plural }: { readonly group: string; readonly plural: string }): string =>
  group === '' ? plural : `${plural}.${group}`
