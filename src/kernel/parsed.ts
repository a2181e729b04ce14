/** What came of reading something that people wrote: a value, or everything that is wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] }

export interface Issue {
  /** Where, as in `spec.signals[2].alert`; empty: the whole. */
  readonly path: string
  readonly message: string
}

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value })

export const rejected = (...issues: readonly Issue[]): Parsed<never> => ({ ok: false, issues })
