import { annotation } from '../../api/annotations.ts'
import type { Node } from '../../api/core/node.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { textAt } from '../../kernel/json.ts'
import { type Instant, parseTime, rfc3339 } from '../../kernel/time.ts'
import { hold, pass } from '../budget/gates.ts'

export interface Exclusion {
  readonly reason: string
  /** Undefined: until the annotation is removed. */
  readonly until: Instant | undefined
}

/** What people wrote: plain words, or JSON `{reason, until}`. An end that cannot be read is none: when in doubt, keep off. */
export function exclusionOf({ metadata }: Pick<Node, 'metadata'>): Exclusion | undefined {
  const written = metadata.annotations[annotation.exclude]
  if (written === undefined) return undefined
  const structured = parsedJson(written)
  const reason = textAt(structured, 'reason') ?? (structured === undefined ? written : '')
  return { reason: safeText(reason), until: parseTime(textAt(structured, 'until')) }
}

export function notExcluded(node: Pick<Node, 'metadata'>, now: Instant): GateAnswer {
  const exclusion = exclusionOf(node)
  if (exclusion === undefined) return pass('NotExcluded', 'no exclusion is set')
  const { reason, until } = exclusion
  if (until !== undefined && now >= until) return pass('NotExcluded', `the exclusion ended at ${rfc3339(until)}`)
  const end = until === undefined ? 'until the annotation is removed' : `until ${rfc3339(until)}`
  const because = reason === '' ? 'no reason given' : reason
  return hold('NotExcluded', 'NodeExcluded', {
    message: `excluded by the annotation ${annotation.exclude} ${end}: ${because}`,
    unblockedBy: until === undefined ? `removing the annotation ${annotation.exclude}` : 'its removal, or the end time',
  })
}

/** Undefined: not the JSON of an object. */
function parsedJson(text: string): object | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
