import { podKind } from '../api/core/pod.ts'
import type { JsonObject } from '../kernel/json.ts'
import { textAt } from '../kernel/json.ts'
import { seconds } from '../kernel/time.ts'
import type { EvictionOutcome, EvictOptions, PodRef } from '../ports/cluster.ts'
import type { TransportResponse } from '../ports/transport.ts'
import { objectPath } from './resource-path.ts'
import { causesOf, errorOf, retryAfterMs, statusMessage } from './status-error.ts'

export const evictionPath = (pod: PodRef): string => objectPath(podKind, pod, 'eviction')

export const evictionBody = ({ namespace, name, uid }: PodRef, { gracePeriodSeconds }: EvictOptions): JsonObject => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { namespace, name },
  deleteOptions: { preconditions: { uid }, ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) },
})

/** What one answer means. Undefined: a 409; only a look at the pod can tell whether it is another one by now. */
export function evictionOutcome(answer: TransportResponse, doing: string): EvictionOutcome | undefined {
  switch (answer.status) {
    case 200:
    case 201:
      return { kind: 'Accepted' }
    case 403:
      return outcomeOfForbidden(answer, doing)
    case 404:
      return outcomeOfNotFound(answer)
    case 409:
      return undefined
    case 429:
      return outcomeOfTooMany(answer, doing)
    case 500:
      return outcomeOfInternal(answer, doing)
    default:
      throw errorOf(answer, doing)
  }
}

function outcomeOfForbidden(answer: TransportResponse, doing: string): EvictionOutcome {
  const terminating = causesOf(answer).find(({ reason }) => reason === 'NamespaceTerminating')
  if (terminating !== undefined)
    return { kind: 'NamespaceTerminating', message: terminating.message || statusMessage(answer) }
  // Forbidden on behalf of a budget (negative, or full of pods under way), not on behalf of our own rights.
  if ((textAt(answer.body, 'details', 'kind') ?? '').startsWith('poddisruptionbudget')) {
    return { kind: 'Blocked', message: statusMessage(answer) }
  }
  throw errorOf(answer, doing)
}

/** Without its namespace a pod may be there all the same, and its container may run. */
function outcomeOfNotFound(answer: TransportResponse): EvictionOutcome {
  if (textAt(answer.body, 'details', 'kind') !== 'namespaces') return { kind: 'Gone' }
  return { kind: 'NamespaceTerminating', message: statusMessage(answer) }
}

/** A 429 without the budget's cause is the API server's own lack of time, and says nothing of budgets. */
function outcomeOfTooMany(answer: TransportResponse, doing: string): EvictionOutcome {
  const cause = causesOf(answer).find(({ reason }) => reason === 'DisruptionBudget')
  if (cause === undefined) throw errorOf(answer, doing)
  return {
    kind: 'RefusedByBudget',
    message: cause.message === '' ? statusMessage(answer) : cause.message,
    budget: /^The disruption budget (\S+) /.exec(cause.message)?.[1],
    retryAfterMs: retryAfterMs(answer) || budgetPatienceMs,
  }
}

/** As kubectl drain: a budget that says nothing of its own is asked again after this long. */
const budgetPatienceMs = seconds(5)

/** This refusal has no code or cause of its own; Karpenter knows it by the same words. */
function outcomeOfInternal(answer: TransportResponse, doing: string): EvictionOutcome {
  const message = statusMessage(answer)
  if (/more than one PodDisruptionBudget/i.test(message)) return { kind: 'Blocked', message }
  throw errorOf(answer, doing)
}
