declare const brand: unique symbol

/** Milliseconds since the epoch on one particular wall clock, and comparable only with instants of the same clock. */
export type Instant = number & { readonly [brand]: 'Instant' }

/** Milliseconds on this process's monotonic clock: for holds, timeouts and leases. Never stored in an object. */
export type Mono = number & { readonly [brand]: 'Mono' }

export const instant = (ms: number): Instant => ms as Instant

export const mono = (ms: number): Mono => ms as Mono

export const later = (from: Instant, ms: number): Instant => instant(from + ms)

export const monoLater = (from: Mono, ms: number): Mono => mono(from + ms)

export const seconds = (count: number): number => count * 1_000

export const minutes = (count: number): number => count * 60_000

export const hours = (count: number): number => count * 3_600_000

/** RFC 3339 in UTC with milliseconds, as we write times into objects of our own. */
export function rfc3339(at: Instant): string {
  if (at !== written.at) written = { at, text: new Date(at).toISOString() }
  return written.text
}

/** The last one: all that is written in one moment carries the same time. */
let written = { at: instant(0), text: '1970-01-01T00:00:00.000Z' }

/** RFC 3339 in UTC with microseconds, which Lease and Event demand (`metav1.MicroTime`). */
export const rfc3339Micro = (at: Instant): string => `${rfc3339(at).slice(0, -1)}000Z`

/** As HTTP writes the time of an answer: whole seconds, cut and not rounded. */
export const httpDate = (at: Instant): string => new Date(at).toUTCString()

/** Undefined: not a time at all. */
export function parseTime(text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined
  if (text !== read.text) {
    const ms = Date.parse(text)
    read = { text, at: Number.isNaN(ms) ? undefined : instant(ms) }
  }
  return read.at
}

/** The last one: every signal of a node asks for the time of the same node. */
let read: { readonly text: string; readonly at: Instant | undefined } = { text: '', at: undefined }

/** `6m12s`, `41d`: the two largest units, for people. */
export function durationInWords(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1_000))
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3_600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'm'],
    [total % 60, 's'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return '0s'
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0)
  return shown.map(([count, unit]) => `${count}${unit}`).join('')
}
