import type { Start } from '../../api/v1alpha1/disruption-ledger.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { type Instant, later, parseTime, rfc3339, seconds } from '../../kernel/time.ts'
import { hold, pass } from '../budget/gates.ts'
import type { Flaps } from './flapping.ts'

type Limits = PolicySpec['limits']

interface HistoryView {
  /** Of this node, over all policies. */
  readonly starts: readonly Start[]
  readonly now: Instant
}

interface AttemptsView extends HistoryView {
  readonly flaps: Flaps
}

/** A node is left alone for a while after every run, whatever became of it. */
export function cooldownOver(
  { cooldownSeconds }: Pick<Limits, 'cooldownSeconds'>,
  { starts, now }: HistoryView,
): GateAnswer {
  const [last] = starts.flatMap(endOf).toSorted((left, right) => right.endAt - left.endAt)
  if (last === undefined) return pass('CooldownOver', 'no run has ended on this node')
  const ended = `${last.runName} ended on this node at ${rfc3339(last.endAt)}`
  const overAt = later(last.endAt, seconds(cooldownSeconds))
  if (now >= overAt) return pass('CooldownOver', ended)
  return hold('CooldownOver', 'CooldownActive', {
    message: `${ended}; the cooldown of ${cooldownSeconds}s ends at ${rfc3339(overAt)}`,
    numbers: { cooldownSeconds },
    unblockedBy: 'time',
  })
}

/** When the cooldown or the window ends that is in force; for the next look. */
export function historyChangesAt(
  { cooldownSeconds, attempts }: Limits,
  { starts, now }: HistoryView,
): readonly Instant[] {
  const cooled = starts.flatMap(endOf).map(({ endAt }) => later(endAt, seconds(cooldownSeconds)))
  const left = starts.flatMap(startOf).map(({ startAt }) => later(startAt, seconds(attempts.windowSeconds)))
  return [...cooled, ...left].filter((at) => at > now)
}

/** Attempts are runs that reached Cordoning. A start in the future counts: a clock set back must not buy one. */
export function attemptsLeft(
  { attempts: { max, windowSeconds } }: Pick<Limits, 'attempts'>,
  { starts, now, flaps }: AttemptsView,
): GateAnswer {
  const over = starts.filter(({ endTime }) => endTime !== undefined)
  const attempts = attemptsIn(over, windowSeconds, now)
  const count = countOf(attempts)
  const flapPercent = Math.round(flaps.percent)
  const numbers = { attempts: count, max, flapPercent }
  const message = `${count} of ${max} attempts in ${windowSeconds}s`
  if (count < max) return flaps.flapping ? flapping(flaps, numbers) : pass('AttemptsLeft', message, numbers)
  const names = attempts.map(({ runName }) => runName).toSorted()
  return hold('AttemptsLeft', 'AttemptsExhausted', {
    message: `${message}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`,
    numbers,
    unblockedBy: 'the window passes, or the node is replaced',
  })
}

const attemptsIn = (starts: readonly Start[], windowSeconds: number, now: Instant): readonly Attempt[] =>
  starts
    .filter(({ attempt }) => attempt)
    .flatMap(startOf)
    .filter(({ startAt }) => now - startAt < seconds(windowSeconds))

const countOf = (attempts: readonly Attempt[]): number => attempts.reduce((sum, { retries }) => sum + 1 + retries, 0)

/** How many attempts these starts are, one that is under way included. */
export const attemptsCounted = (
  { attempts: { windowSeconds } }: Pick<Limits, 'attempts'>,
  { starts, now }: HistoryView,
): number => countOf(attemptsIn(starts, windowSeconds, now))

function flapping({ changes, percent }: Flaps, numbers: Readonly<Record<string, number>>): GateAnswer {
  const times = changes.slice(-4).map(rfc3339).join(', ')
  return hold('AttemptsLeft', 'FlappingDetected', {
    message: `the diagnosis came and went ${changes.length} times within an hour (${Math.round(percent)}% weighted), last at ${times}`,
    numbers: { ...numbers, changes: changes.length },
    unblockedBy: 'the diagnosis stays as it is for a while; a person should look',
  })
}

const endOf = ({ runName, endTime }: Start): readonly { readonly runName: string; readonly endAt: Instant }[] => {
  const endAt = parseTime(endTime)
  return endAt === undefined ? [] : [{ runName, endAt }]
}

interface Attempt {
  readonly runName: string
  readonly startAt: Instant
  readonly retries: number
}

const startOf = ({ runName, startTime, retries = 0 }: Start): readonly Attempt[] => {
  const startAt = parseTime(startTime)
  return startAt === undefined ? [] : [{ runName, startAt, retries }]
}
