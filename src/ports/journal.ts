import type { JsonObject } from '../kernel/json.ts'

/** One entry per look of a controller: what was seen and what was decided, for `why`, for replay and for the log. */
export interface Journal {
  readonly append: (entry: JournalEntry) => void
}

export interface JournalEntry {
  readonly controller: string
  readonly key: string
  readonly observation: unknown
  readonly decision: unknown
}

/** One line for people and for machines: constant text, fields beside it. Never a secret. */
export interface Log {
  readonly info: (text: string, fields?: JsonObject) => void
  readonly warn: (text: string, fields?: JsonObject) => void
  readonly error: (text: string, fields?: JsonObject) => void
}
