import type { JsonObject } from '../../../kernel/json.ts'
import type { Instant } from '../../../kernel/time.ts'
import type { Cause } from '../crd/cause.ts'
import { deepEqual, withField } from '../objects/fields.ts'
import type { NameRule } from '../objects/names.ts'

/** What a strategy may look at besides the object itself. */
export interface StrategyContext {
  readonly now: Instant
  /** A stored object by resource name (`priorityclasses.scheduling.k8s.io`). */
  readonly find: (resource: string, name: string) => JsonObject | undefined
}

/** What is particular about one resource; everything else is the same for all. Objects given are never changed. */
export interface Strategy {
  readonly nameRule: NameRule
  /** Finalizers need a domain; custom resources are only warned. */
  readonly qualifiedFinalizers: boolean
  /** A PUT to a name that does not exist creates it. */
  readonly createOnUpdate: boolean
  /** A PUT without resourceVersion overwrites. */
  readonly unconditionalUpdate: boolean
  /** A DELETE answers with the object instead of a Status. */
  readonly returnsDeleted: boolean
  /** `metadata.generation` is kept, and moves on with these changes. */
  readonly generation: ((object: JsonObject, old: JsonObject) => boolean) | undefined
  /** What the main endpoint writes does not touch status, and the status endpoint nothing else. */
  readonly statusSubresource: boolean
  /** After every decoding, as Go's defaulting functions: must be idempotent. */
  readonly defaults: (object: JsonObject) => JsonObject
  /** Admission and preparation of a new object. Throws StatusError. */
  readonly prepareForCreate: (object: JsonObject, context: StrategyContext) => JsonObject
  readonly prepareForUpdate: (object: JsonObject, old: JsonObject) => JsonObject
  readonly prepareForStatusUpdate: (object: JsonObject, old: JsonObject) => JsonObject
  readonly validate: (object: JsonObject) => readonly Cause[]
  readonly validateUpdate: (object: JsonObject, old: JsonObject) => readonly Cause[]
  readonly validateStatusUpdate: (object: JsonObject, old: JsonObject) => readonly Cause[]
  /** What a deletion adds first, so that something can be cleaned up before the object goes. */
  readonly holdOnDelete: ((object: JsonObject, now: string) => JsonObject) | undefined
  /** Seconds until a deletion takes effect; undefined: such objects go at once. */
  readonly gracePeriod: ((object: JsonObject, requested: number | undefined) => number) | undefined
}

export const specChanged = (object: JsonObject, old: JsonObject): boolean => !deepEqual(object['spec'], old['spec'])

const same = (object: JsonObject): JsonObject => object
const noCauses = (): readonly Cause[] => []

export const plainStrategy: Strategy = {
  nameRule: 'Subdomain',
  qualifiedFinalizers: true,
  createOnUpdate: false,
  unconditionalUpdate: true,
  returnsDeleted: false,
  generation: undefined,
  statusSubresource: false,
  defaults: same,
  prepareForCreate: same,
  prepareForUpdate: same,
  prepareForStatusUpdate: same,
  validate: noCauses,
  validateUpdate: noCauses,
  validateStatusUpdate: noCauses,
  holdOnDelete: undefined,
  gracePeriod: undefined,
}

/** Spec and status with the subresource between them. */
export const withStatusStrategy: Strategy = {
  ...plainStrategy,
  statusSubresource: true,
  prepareForCreate: (object) => withField(object, 'status', undefined),
  prepareForUpdate: (object, old) => withField(object, 'status', old['status']),
  prepareForStatusUpdate: (object, old) => withField(object, 'spec', old['spec']),
}
