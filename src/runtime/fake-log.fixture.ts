import type { JsonObject } from '../kernel/json.ts'
import type { Log } from '../ports/journal.ts'

/** Keeps what was said, for tests to look at. */
export class FakeLog implements Log {
  readonly lines: { readonly level: 'info' | 'warn' | 'error'; readonly text: string; readonly fields: JsonObject }[] =
    []

  readonly info = (text: string, fields: JsonObject = {}): void => void this.lines.push({ level: 'info', text, fields })
  readonly warn = (text: string, fields: JsonObject = {}): void => void this.lines.push({ level: 'warn', text, fields })
  readonly error = (text: string, fields: JsonObject = {}): void =>
    void this.lines.push({ level: 'error', text, fields })
}
