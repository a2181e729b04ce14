import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'
import { conditionOf } from './attention.ts'
import { heldInWords } from './run-waits.ts'

/** Something that has become of a run. Two of the same key are one. */
export interface News {
  readonly key: string
  readonly at: Instant | undefined
  readonly text: string
}

/** All that a run tells of itself, oldest first and without anything that only time changes: for whoever adds line to line. */
export function newsOf(run: NodeRemediation): readonly News[] {
  const { status } = run
  const told = status.timeline.map(
    ({ time, reason, message }): News => ({
      key: `${time} ${reason} ${message}`,
      at: parseTime(time),
      text: `${reason}: ${message}`,
    }),
  )
  return [...told, ...drainNews(run), ...heldNews(run)]
}

function heldNews(run: NodeRemediation): readonly News[] {
  const held = conditionOf(run.status.conditions, 'Held')
  const at = parseTime(held?.lastTransitionTime)
  return heldInWords(run).map((text) => ({ key: `held ${text}`, at, text }))
}

function drainNews({ status }: NodeRemediation): readonly News[] {
  const { drain, step } = status
  if (drain === undefined || step?.name !== 'Draining') return []
  const { gone, total, terminating, blocked } = drain
  const stuck = blocked.reduce((sum, { count }) => sum + count, 0)
  const text = `drain: ${gone}/${total} gone, ${terminating} terminating, ${stuck} blocked`
  return [
    { key: text, at: undefined, text },
    ...blocked.map(({ reason, message, pods }) => {
      const words = `${reason}: ${message} (${pods.join(', ')})`
      return { key: words, at: undefined, text: words }
    }),
  ]
}
