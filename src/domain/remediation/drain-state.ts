import type { DrainState } from '../../api/v1alpha1/node-remediation.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { nameOf } from '../drain/pod-budgets.ts'
import { type Drain, leftOf } from './drain.ts'

const reasonsMax = 5
const podsPerReasonMax = 3

/** For people, and bounded: counts, the top reasons with a few pods each, who takes longest. `total`: the most that had to leave. */
export function drainState(drain: Drain, before: DrainState | undefined): DrainState {
  const left = leftOf(drain)
  const total = Math.max(before?.total ?? 0, left)
  return {
    total,
    gone: total - left,
    waiting: drain.waiting.length,
    terminating: drain.terminating.length,
    leaving: longest(drain),
    blocked: blockedGroups(drain),
    skipped: drain.skipped.length,
    stays: stayingClasses(drain),
  }
}

function longest({ terminating }: Drain): DrainState['leaving'] {
  const named = terminating.map(({ pod, until }) => ({ pod: nameOf(pod), until }))
  const sorted = named.toSorted((one, other) => other.until - one.until || (one.pod < other.pod ? -1 : 1))
  return sorted.slice(0, podsPerReasonMax).map(({ pod, until }) => ({ pod, until: rfc3339(until) }))
}

function blockedGroups({ blocked }: Drain): DrainState['blocked'] {
  const groups = Map.groupBy(blocked, ({ reason, message }) => `${reason} ${message}`)
  const told = [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const pods = group.map(({ pod }) => nameOf(pod)).toSorted()
    return [
      {
        reason: first.reason,
        message: safeText(first.message, 512),
        pods: pods.slice(0, podsPerReasonMax),
        count: group.length,
      },
    ]
  })
  const worst = told.toSorted((one, other) => other.count - one.count || (one.message < other.message ? -1 : 1))
  return worst.slice(0, reasonsMax)
}

function stayingClasses({ skipped }: Drain): DrainState['stays'] {
  const groups = Map.groupBy(skipped, ({ reason }) => reason)
  const counted = [...groups].map(([reason, pods]) => ({ class: reason, count: pods.length }))
  return counted.toSorted((one, other) => other.count - one.count || (one.class < other.class ? -1 : 1))
}

/** How far it has come, for people. */
export function drainInWords({ total, gone, waiting, terminating }: DrainState): string {
  const parts = [
    [terminating, 'terminating'],
    [total - gone - waiting - terminating, 'blocked'],
    [waiting, 'waiting'],
  ] as const
  const rest = parts.filter(([count]) => count > 0).map(([count, word]) => `, ${count} ${word}`)
  return `${gone} of ${total} pods are gone${rest.join('')}`
}
