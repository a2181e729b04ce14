import { isObject } from '../../../src/kernel/json.ts'
import { identities } from '../../control-plane/identities.ts'
import { type AuditEntry, cordonWrittenBy, succeeded } from '../../scenario/audit.ts'
import type { Check } from '../../scenario/verdict.ts'
import { countsOf, effectsOf, writesOf } from '../../scenario/writes.ts'
import { claimIn } from './claims.ts'
import type { WebhookCounts } from './webhooks.ts'

/** Times in milliseconds since 1970. */
export interface Affected {
  readonly node: string
  readonly signal: string
  /** When the operator said that the signal is Unknown; undefined: it did not. */
  readonly unknownAt: number | undefined
  readonly reason?: string | undefined
}

interface StillSick {
  /** What may be said of its signal. */
  readonly allowed: readonly string[]
  /** What was, from the moment at which the source failed. */
  readonly states: readonly string[]
  /** Every end of its hold. */
  readonly holds: readonly string[]
}

export interface Outcome {
  readonly name: string
  /** What was done to the source. */
  readonly what: string
  readonly failedAt: number
  readonly limitSeconds: number
  readonly affected: readonly Affected[]
  /** When the hold of the node that had fallen sick would have been over; undefined: none had. */
  readonly holdOver?: number | undefined
  /** What was told of a node that was sick all along. */
  readonly stillSick?: StillSick
  /** Until when it was watched. */
  readonly watchedUntil: number
  /** Why the story of this failure broke off. */
  readonly problem?: string
}

export function lineOf({ what, failedAt, affected, problem }: Outcome): string {
  const told = affected.map(({ node, signal, unknownAt, reason = '' }) => {
    const after = unknownAt === undefined ? 'never' : `+${((unknownAt - failedAt) / 1_000).toFixed(2)} s`
    return `${signal} of ${node} Unknown ${after}${reason === '' ? '' : ` (${reason})`}`
  })
  return `${what} → ${told.join(', ')}${problem === undefined ? '' : `: ${problem}`}`
}

export function outcomeCheck(outcome: Outcome): Check {
  const { name, failedAt, limitSeconds, affected, problem } = outcome
  const inTime = affected.every(
    ({ unknownAt }) => unknownAt !== undefined && unknownAt - failedAt <= limitSeconds * 1_000,
  )
  return {
    sentence: `${name}: Unknown within ${limitSeconds} s`,
    holds: problem === undefined && affected.length > 0 && inTime,
    seen: lineOf(outcome),
  }
}

/** It must have been watched beyond the moment at which whoever believed the last word would have begun. */
export function watchedCheck(outcomes: readonly Outcome[]): Check {
  const due = outcomes.filter(({ holdOver }) => holdOver !== undefined)
  // a story that broke off was watched until no moment at all
  const short = due.filter(({ holdOver = 0, watchedUntil }) => !(watchedUntil > holdOver))
  return {
    sentence: 'each time the hold of the sick node ended while its source was away',
    holds: due.length > 0 && short.length === 0,
    seen: short.map(({ name }) => name).join(', ') || `${due.length} times`,
  }
}

/**
 * When the operator first said so, after `since`: by the request, for an API server that has no time is no fault of the operator.
 */
export function saidUnknownAt(
  audit: readonly AuditEntry[],
  { node, signal, since }: { readonly node: string; readonly signal: string; readonly since: number },
): number | undefined {
  const said = audit.filter(
    ({ user, resource, name, at, request }) =>
      user === identities.operator.user &&
      resource === 'nodehealths' &&
      name === node &&
      at >= since &&
      isObject(request) &&
      claimIn(request, signal).state === 'Unknown',
  )
  // the log is in the order of the answers
  return said.length === 0 ? undefined : Math.min(...said.map(({ at }) => at))
}

/**
 * One of two that dies takes nothing from what the other lists, and one that forgets makes nobody well. It must have been watched for
 * as long as it takes to doubt everything.
 */
export function stillSickChecks(outcomes: readonly Outcome[]): readonly Check[] {
  return outcomes.flatMap(({ name, stillSick, failedAt, watchedUntil, limitSeconds }) => {
    if (stillSick === undefined) return []
    const { allowed, states } = stillSick
    // a story that broke off was watched until no moment at all
    const isLongEnough = watchedUntil - failedAt >= limitSeconds * 1_000
    return [
      {
        sentence: `${name}: of the sick node nothing is said but ${allowed.join(' and ')}`,
        holds: isLongEnough && states.length > 0 && states.every((state) => allowed.includes(state)),
        seen: `${states.join(', ')}, for ${((watchedUntil - failedAt) / 1_000).toFixed(2)} s`,
      },
    ]
  })
}

/** One alert from two sources is one, and its hold ends no sooner, whatever one of them forgets. */
export function sameHoldCheck(outcomes: readonly Outcome[]): Check {
  const holds = outcomes.flatMap(({ stillSick }) => (stillSick === undefined ? [] : [stillSick.holds]))
  return {
    sentence: 'the hold of an alert that two Alertmanagers list ends no sooner',
    holds: holds.length > 0 && holds.every((ends) => ends.length > 0 && ends.every((end) => end >= (ends[0] ?? ''))),
    seen: holds.flat().join(', ') || 'none',
  }
}

/** They did come, one of many alerts at a time and again and again. */
export const webhookCheck = ({ truncated, repeated }: WebhookCounts): Check => ({
  sentence: 'webhooks came truncated and repeated',
  holds: truncated > 0 && repeated > 0,
  seen: `${truncated} truncated, ${repeated} alerts repeated`,
})

/** By the audit log: neither a run that would act nor anything that a run does. */
export function quietChecks(audit: readonly AuditEntry[]): readonly Check[] {
  const runs = audit.filter(
    ({ user, resource, subresource, verb }) =>
      user === identities.operator.user && resource === 'noderemediations' && subresource === '' && verb === 'create',
  )
  const effects = effectsOf(audit)
  return [
    {
      sentence: 'no treatment was started, by the audit log',
      headline: true,
      holds: runs.length === 0,
      seen: runs.length === 0 ? countsOf(writesOf(audit)) : runs.map(({ name }) => name).join(', '),
    },
    {
      sentence: 'no node was touched',
      holds: effects.length === 0,
      seen: countsOf(effects),
    },
  ]
}

/** The same fault, with every source there: the policy did act, once its hold was over. */
export function controlCheck(
  audit: readonly AuditEntry[],
  { node, trueAt, holdSeconds }: { readonly node: string; readonly trueAt: number; readonly holdSeconds: number },
): Check {
  const cordon = audit.find(
    (entry) =>
      succeeded(entry) &&
      entry.user === identities.operator.user &&
      entry.name === node &&
      cordonWrittenBy(entry) === true,
  )
  const after = cordon === undefined ? undefined : (cordon.at - trueAt) / 1_000
  return {
    sentence: 'with every source back the same fault is treated, and not before its hold is over',
    // what we see of the beginning of the hold is as late as our watch
    holds: after !== undefined && after >= holdSeconds - 1,
    seen: after === undefined ? 'never' : `${after.toFixed(2)} s after it was seen, hold ${holdSeconds} s`,
  }
}
