import { type Mono, minutes } from '../../kernel/time.ts'
import type { Doubtful } from './figures.ts'

/** The largest counts of late: what a shrunken list is told by. */
export interface CountMemory {
  /** Which question was counted: another selector is another question. */
  readonly question: string
  readonly largest: number
  readonly largestBefore: number
  readonly since: Mono
}

/** A fleet that shrinks by more than half within this time is taken for half a list, and after it for a smaller fleet. */
const rememberedMs = minutes(5)
const shrinkMax = 0.5

export interface Count {
  readonly question: string
  /** Nodes that are listed now. */
  readonly listed: number
  /** What was last written down: a restart forgets nothing. Undefined: nothing was, or of another selector. */
  readonly stored: number | undefined
}

/** The memory after one more count. */
export function remember(memory: CountMemory | undefined, { question, listed, stored }: Count, now: Mono): CountMemory {
  if (memory === undefined || memory.question !== question)
    return { question, largest: Math.max(listed, stored ?? 0), largestBefore: 0, since: now }
  if (now - memory.since < rememberedMs) return { ...memory, largest: Math.max(memory.largest, listed) }
  return { question, largest: listed, largestBefore: memory.largest, since: now }
}

/** Undefined: the list can be believed. */
export function doubtAbout(
  whose: string,
  listed: number,
  { largest, largestBefore }: CountMemory,
): Doubtful | undefined {
  const before = Math.max(largest, largestBefore)
  if (listed === 0 && before === 0) return { kind: 'Doubtful', message: `${whose} selects no node that is listed` }
  if (listed > 0 && listed >= before * shrinkMax) return undefined
  const message = `${listed} nodes of ${whose} are listed now, ${before} were before: half a list is neither none nor all`
  return { kind: 'Doubtful', message, before }
}
