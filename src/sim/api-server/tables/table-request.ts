import type { JsonObject } from '../../../kernel/json.ts'
import type { Instant } from '../../../kernel/time.ts'
import type { PrinterColumn } from '../crd/compiled-crd.ts'

/** How `?includeObject=` wants the rows; `Metadata` is the default. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

export interface TableRequest {
  readonly group: string
  readonly plural: string
  /** Of a custom resource; undefined for built-in kinds. Empty: Name and Age. */
  readonly printerColumns?: readonly PrinterColumn[] | undefined
  readonly now: Instant
  readonly includeObject: IncludeObject
  /** The metadata of the list, or of the single object that was asked for: its resourceVersion and continue are kept. */
  readonly metadata: JsonObject
}

/** What the client takes, from its `Accept` header. */
export type Negotiated =
  | { readonly kind: 'Json' }
  | { readonly kind: 'Table' }
  /** Metadata informers: the object, or the items, stripped to kind and metadata. */
  | { readonly kind: 'PartialObjectMetadata' }
  | { readonly kind: 'PartialObjectMetadataList' }
  | { readonly kind: 'APIGroupDiscoveryList' }
  /** Answer 406 with `notAcceptable()` (accept.ts). */
  | { readonly kind: 'NotAcceptable' }
