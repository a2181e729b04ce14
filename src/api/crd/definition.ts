import type { z } from 'zod'
import type { CelRule, KindNames } from '../v1alpha1/schema.ts'

/** A kind of ours as the API server has to know it. */
export interface Definition {
  readonly names: KindNames
  readonly shortNames: readonly string[]
  readonly description: string
  readonly spec: z.ZodType
  /** Undefined: the kind has none. */
  readonly status: StatusSchema | undefined
  /** Rules that need the name of the object. */
  readonly rules: readonly CelRule[]
  readonly columns: readonly Column[]
  /** JSON paths that a field selector may name. */
  readonly selectableFields: readonly string[]
}

interface StatusSchema {
  readonly schema: z.ZodType
  /** Whether it is written apart from the spec. Where one writer owns both, one write is enough. */
  readonly subresource: boolean
}

export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'boolean' | 'date'
  readonly jsonPath: string
  readonly description: string
  /** Only with `-o wide`. */
  readonly wide: boolean
}
