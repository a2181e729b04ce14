import { isObject, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'

export const tolerationsOf = (pod: JsonObject): readonly JsonObject[] =>
  listAt(pod, 'spec', 'tolerations').filter(isObject)

/** As the scheduler and the kubelet match them: an empty effect means all, `Exists` without a key means every taint. */
export function tolerates(toleration: JsonObject, taint: JsonObject): boolean {
  const effect = textAt(toleration, 'effect') ?? ''
  if (effect !== '' && effect !== taint['effect']) return false
  const key = textAt(toleration, 'key') ?? ''
  const isExists = toleration['operator'] === 'Exists'
  if (key === '') return isExists
  if (key !== taint['key']) return false
  return isExists || (textAt(toleration, 'value') ?? '') === (textAt(taint, 'value') ?? '')
}

export const toleratesAll = (pod: JsonObject, taints: readonly JsonObject[]): boolean => {
  const tolerations = tolerationsOf(pod)
  return taints.every((taint) => tolerations.some((toleration) => tolerates(toleration, taint)))
}

/** How long the pod may stay under this taint, in seconds; 0 where it does not tolerate it. */
export function toleratedSeconds(pod: JsonObject, taint: JsonObject): number {
  const matching = tolerationsOf(pod).filter((toleration) => tolerates(toleration, taint))
  if (matching.length === 0) return 0
  return Math.min(
    ...matching.map((toleration) => Math.max(0, numberAt(toleration, 'tolerationSeconds') ?? Number.POSITIVE_INFINITY)),
  )
}
