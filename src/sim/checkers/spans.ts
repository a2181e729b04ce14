import { type Instant, later, seconds } from '../../kernel/time.ts'

/** As old as a look may be that licenses an act. */
const freshMs = seconds(10)

interface Span {
  readonly from: Instant
  until: Instant | undefined
}

/** What was so of whom, and through which stretches of time. */
export class Spans {
  readonly #bySubject = new Map<string, Map<string, Span[]>>()

  /** From now on just these are so. */
  become(subject: string, states: readonly string[], now: Instant): void {
    const known = this.#bySubject.get(subject) ?? new Map<string, Span[]>()
    this.#bySubject.set(subject, known)
    for (const [state, spans] of known) if (!states.includes(state)) end(spans, now)
    for (const state of states) {
      const spans = known.get(state) ?? []
      known.set(state, spans)
      if (spans.at(-1)?.until !== undefined || spans.length === 0) spans.push({ from: now, until: undefined })
    }
  }

  /** At that moment, or so shortly before it that a look which licenses an act may have shown it. */
  stood(subject: string, state: string, at: Instant): boolean {
    const spans = this.#bySubject.get(subject)?.get(state) ?? []
    return spans.some(({ from, until }) => from <= at && (until === undefined || until > later(at, -freshMs)))
  }

  /** For so long that every such look must have shown it. */
  stoodThroughout(subject: string, state: string, at: Instant): boolean {
    const spans = this.#bySubject.get(subject)?.get(state) ?? []
    return spans.some(({ from, until }) => from < later(at, -freshMs) && (until === undefined || until > at))
  }
}

function end(spans: readonly Span[], now: Instant): void {
  const last = spans.at(-1)
  if (last !== undefined) last.until ??= now
}
