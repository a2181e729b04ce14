import { listAt, textAt } from '../../src/kernel/json.ts'
import { nameOf } from './conditions.ts'
import type { Seen } from './object-watch.ts'
import type { Stage } from './scenario.ts'

export interface Hold {
  readonly node: string
  /** Any of these. */
  readonly reasons: readonly string[]
  readonly since: number
}

/** Waits until the node's own gates say why nothing begins, and returns their words. */
export async function heldBecause({ watch, timeline }: Stage, { node, reasons, since }: Hold): Promise<string> {
  const answerOf = ({ object }: Seen): unknown =>
    nameOf(object) === node
      ? listAt(object, 'status', 'gates').find((gate) => reasons.includes(textAt(gate, 'reason') ?? ''))
      : undefined
  const fits = (seen: Seen): boolean => seen.at >= since && seen.type !== 'DELETED' && answerOf(seen) !== undefined
  const seen = await watch('nodehealths').until(`${node} to be held by ${reasons.join(' or ')}`, fits, 60_000)
  const answer = answerOf(seen)
  timeline.mark(`${node} is held by ${textAt(answer, 'gate')}: ${textAt(answer, 'reason')}`, seen.at)
  return textAt(answer, 'message') ?? ''
}
