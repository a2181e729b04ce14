import type { JsonObject } from '../../../kernel/json.ts'
import type { Cause } from './cause.ts'

/** A CustomResourceDefinition that was found valid, ready to judge objects. `compileCrd` (compile-crd.ts) makes it. */
export interface CompiledCrd {
  readonly group: string
  readonly kind: string
  readonly listKind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly storageVersion: string
  /** By name, in the order of the CRD; those that are not served included. */
  readonly versions: Readonly<Record<string, CompiledVersion>>
}

export interface CompiledVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  /** Undefined: not deprecated. Otherwise the text of the `Warning` header. */
  readonly deprecation: string | undefined
  readonly hasStatus: boolean
  readonly selectableFields: readonly SelectableField[]
  readonly printerColumns: readonly PrinterColumn[]
  /** The version's openAPIV3Schema as it was given, for /openapi/v3 and `kubectl explain`. */
  readonly schema: JsonObject
  /**
   * Drops unknown fields and fills in defaults: what the real server does while decoding, before any validation and
   * before the storage compares generations. The object given stays as it was.
   */
  readonly decode: (object: JsonObject) => Decoded
  /** `decode`, then judges the outcome. `old` is the stored object on an update, undefined on a create. */
  readonly admit: (object: JsonObject, old: JsonObject | undefined, options?: AdmitOptions) => Admitted
}

export interface AdmitOptions {
  /** The status endpoint: only `status` is new, so only causes below `status` count. */
  readonly subresource?: 'status'
}

export interface Decoded {
  readonly object: JsonObject
  /** Paths of what was dropped (`spec.extra`, `spec.list[0].extra`): for `fieldValidation=Strict` and `Warn`. */
  readonly unknownFields: readonly string[]
}

type Admitted =
  | ({ readonly ok: true } & Decoded)
  | { readonly ok: false; readonly causes: readonly Cause[]; readonly unknownFields: readonly string[] }

export interface SelectableField {
  /** As field selectors write it: `spec.node.name`. */
  readonly path: string
  /** The empty text where the field is absent, as the real server has it. */
  readonly valueOf: (object: JsonObject) => string
}

export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
  readonly select: (object: JsonObject) => readonly unknown[]
}
