import type { Breaker, LedgerSpec, Start } from '../../api/v1alpha1/disruption-ledger.ts'
import { type IntOrPercent, resolveIntOrPercent } from '../../kernel/int-or-percent.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'
import type { Share } from './figures.ts'

/** What trips a breaker: one cause, with the figures that show it. */
export interface Excess {
  readonly input: Breaker['input']
  readonly message: string
  /** The count that matters: what is acknowledged at one figure trips again at a much larger one. */
  readonly figure: number
  /** Of causes that happen and do not last: when. An older one has tripped this breaker already. */
  readonly happenedAt?: Instant
  /** UID of the ledger whose coming it is: a copy of another one bears the trips of that one. */
  readonly ledgerUID?: string
}

/** Whom the breaker stands for. */
export interface Scope {
  /** Name of the policy; empty for the cluster. */
  readonly name: string
  readonly share: Share
  readonly maxUnhealthy: IntOrPercent
  readonly ledger: Pick<LedgerSpec, 'starts'>
}

/** Load is not among them: a busy evening is missing capacity, and holds Load runs alone. */
export const excessesOf = (scope: Scope): readonly Excess[] =>
  [correlated(scope), tooManyFaults(scope), failedRuns(scope)].filter((excess) => excess !== undefined)

function correlated({ share }: Scope): Excess | undefined {
  const { together } = share
  return together && { input: 'CorrelatedFailures', message: together.message, figure: together.nodes }
}

function tooManyFaults({ name, share, maxUnhealthy }: Scope): Excess | undefined {
  const limit = limitOf(maxUnhealthy, share)
  if (share.faults <= limit) return undefined
  const message = shareInWords(share, maxUnhealthy, { whose: inWords(name), class: 'Fault' })
  return { input: 'MaxUnhealthy', message, figure: share.faults }
}

export const limitOf = (allowed: IntOrPercent, { selected }: Share): number =>
  resolveIntOrPercent(allowed, selected) ?? 0

interface Counted {
  readonly whose: string
  readonly class: 'Fault' | 'Load'
}

/** The whole arithmetic, rounding included, so that nobody has to do it again at night. */
export function shareInWords(share: Share, allowed: IntOrPercent, { whose, class: kind }: Counted): string {
  const { selected } = share
  const count = kind === 'Fault' ? share.faults : share.loads
  const limit = limitOf(allowed, share)
  const percent = selected === 0 ? 0 : Math.round((count * 1_000) / selected) / 10
  const rounding = typeof allowed === 'string' ? `${allowed} = ${limit}, rounded down, never below 1` : `${limit}`
  return `${count} of ${selected} nodes of ${whose} (${percent}%) have a diagnosis of class ${kind}; limit ${rounding}`
}

export const inWords = (scope: string): string => (scope === '' ? 'the cluster' : scope)

const verdictsLooked = 5
const failuresMax = 3

/**
 * Treating does not help: then it is not the hardware. Only while the latest run failed too, for one that helped since is news.
 * The cluster's breaker asks for more than one policy: what concerns one alone is the matter of that one's.
 */
function failedRuns({ name, ledger }: Scope): Excess | undefined {
  const own = ledger.starts.filter(({ policyName }) => name === '' || policyName === name)
  const last = own
    .filter(({ verdict }) => verdict !== undefined)
    .toSorted(byVerdict)
    .slice(-verdictsLooked)
  const failed = last.filter(({ verdict }) => verdict === 'Failed')
  if (failed.length < failuresMax || last.at(-1)?.verdict !== 'Failed') return undefined
  if (name === '' && new Set(failed.map(({ policyName }) => policyName)).size < 2) return undefined
  const names = failed.map(({ runName }) => runName).join(', ')
  const message = `${failed.length} of the last ${last.length} runs of ${inWords(name)} that treated did not help: ${names}`
  return { input: 'FailedRuns', message, figure: failed.length, ...happened(last.at(-1)) }
}

const happened = (start: Start | undefined): Pick<Excess, 'happenedAt'> => {
  const at = start && judgedAt(start)
  return at === undefined ? {} : { happenedAt: at }
}

const byVerdict = (left: Start, right: Start): number => orderOf(left) - orderOf(right)

const orderOf = (start: Start): number => judgedAt(start) ?? parseTime(start.startTime) ?? 0

/** A run that failed and waits for people ends once more when they give its node back: that is no other failure. */
const judgedAt = ({ verdictTime, endTime }: Start): Instant | undefined => parseTime(verdictTime) ?? parseTime(endTime)
