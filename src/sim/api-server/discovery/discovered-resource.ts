import type { JsonObject } from '../../../kernel/json.ts'

/** What discovery and OpenAPI say of one served resource. The registry of the API server feeds them. */
export interface DiscoveredResource {
  /** Empty: the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: readonly DiscoveredSubresource[]
  /** The openAPIV3Schema of a custom resource; undefined where only kind and metadata are known. */
  readonly schema?: JsonObject | undefined
}

export interface DiscoveredSubresource {
  /** `status`, `eviction`. */
  readonly name: string
  readonly verbs: readonly string[]
  /** The kind that is read and written there, where it is not the parent's own. */
  readonly kind?: string
  readonly group?: string
  readonly version?: string
}

export interface DiscoveryAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/**
 * Undefined: not a path of discovery, health, version or OpenAPI. A known prefix without its group or version answers 404.
 * `resources` holds the built-in kinds and those of the established CRDs; the preferred version of a group stands first.
 */
export type Discover = (
  request: { readonly method: string; readonly path: string; readonly accept: string | undefined },
  resources: readonly DiscoveredResource[],
) => DiscoveryAnswer | undefined
