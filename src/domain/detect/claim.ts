import { type Signal, sourceOf } from '../../api/v1alpha1/signal.ts'
import type { SignalSource } from '../../api/v1alpha1/signal-sources.ts'
import { parseTime, rfc3339, seconds } from '../../kernel/time.ts'
import type { SignalClaim } from './evidence.ts'
import { passesHealthCheck } from './health-check.ts'
import { soonest } from './settle.ts'
import type { ClearedAnswer, Clearing, Look, SourceRules } from './sources/source.ts'
import { rulesOf } from './sources/sources.ts'

/** What one signal says of one node at this moment, before any hold. */
export function claimOf(signal: Signal, look: Look): SignalClaim {
  const { name } = signal
  const rules = rulesOf(signal)
  if (rules === undefined) return { name, state: 'Unknown', reason: 'SourceUnavailable', message: notAvailable }
  const said = rules.claim(signal, look)
  // What comes and goes begins anew all the time, and its policy says that this is one trouble.
  const saidSince = signal.leaveSeconds > 0 ? undefined : said.saidSince
  const { state, reason, message, value, sampledAt } = said
  // Written out: one is made of every signal of every node.
  const claim: SignalClaim = { name, state, reason, message, value, sampledAt, saidSince }
  return claim.state === 'True' && graceMs(signal, rules, look) > 0 ? inGrace(claim, signal, rules) : claim
}

/** What is measured while a node starts accuses healthy ones: trouble in that time is doubt. */
function inGrace(claim: SignalClaim, signal: Signal, rules: Grace): SignalClaim {
  const message = `${claim.message}, within ${graceSeconds(signal, rules)}s of a boot`
  return { ...claim, state: 'Unknown', reason: 'BootGraceActive', message }
}

type Grace = Pick<SourceRules<never>, 'bootGraceSeconds'>

const graceSeconds = (signal: Signal, rules: Grace): number => signal.bootGraceSeconds ?? rules.bootGraceSeconds

/** A new Node has just booted, whoever watched. */
function graceMs(signal: Signal, rules: Grace, { bootedAt, node, now, mono }: Look): number {
  const limitMs = seconds(graceSeconds(signal, rules))
  const createdAt = parseTime(node.metadata.creationTimestamp)
  const sinceBootMs = bootedAt === undefined ? Number.POSITIVE_INFINITY : mono - bootedAt
  const sinceBirthMs = createdAt === undefined ? Number.POSITIVE_INFINITY : now - createdAt
  return limitMs - Math.min(sinceBootMs, sinceBirthMs)
}

/** Milliseconds until time alone changes what a signal says. */
export function changesInMs(signal: Signal, look: Look): number | undefined {
  const rules = rulesOf(signal)
  if (rules === undefined) return undefined
  return soonest(rules.changesInMs(signal, look), graceMs(signal, rules, look))
}

export interface SignalCleared {
  readonly signal: string
  readonly cleared: boolean
  /** The rule, its newest evidence and the time of the treatment. */
  readonly message: string
}

/** Each kind of signal has its rule; a stale truth looks exactly like a fresh one, so what is older than the treatment is none. */
export function clearedOf(signal: Signal, seen: Clearing): SignalCleared {
  const { cleared, message } = answerOf(signal, seen)
  return { signal: signal.name, cleared, message: `${message}; treated at ${rfc3339(seen.treatedAt)}` }
}

function answerOf(signal: Signal, seen: Clearing): ClearedAnswer {
  const { clearedWhen } = signal
  // What comes from elsewhere than a condition has to be over as well: its own rule asks for the check.
  if (checkAlone.has(sourceOf(signal)) && clearedWhen !== undefined)
    return passesHealthCheck(clearedWhen.healthCheck, seen)
  return rulesOf(signal)?.cleared(signal, seen) ?? { cleared: false, message: notAvailable }
}

/** Where the check takes the place of the source's own word: a latched condition has none. */
const checkAlone: ReadonlySet<SignalSource> = new Set(['nodeCondition', 'query'])

const notAvailable = 'its source is not available in this version'
