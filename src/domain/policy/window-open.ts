import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { type Instant, parseTime, rfc3339 } from '../../kernel/time.ts'
import { hold, pass } from '../budget/gates.ts'
import { lookAt, type WindowSeen } from './windows.ts'

interface Calendar {
  readonly policyName: string
  readonly spec: Pick<PolicySpec, 'maintenanceWindows' | 'freezes'>
  readonly diagnosis: { readonly name: string; readonly urgency: 'Immediate' | 'Deferrable' }
  readonly now: Instant
}

/** A freeze holds every diagnosis; a window is asked of those that can wait for one. */
export function windowOpen({ policyName, spec, diagnosis, now }: Calendar): GateAnswer {
  const freeze = spec.freezes.find((one) => isFrozen(one, now))
  if (freeze !== undefined) {
    const { reason, startTime, endTime } = freeze
    return hold('WindowOpen', 'FreezeActive', {
      message: `policy ${policyName} is frozen from ${startTime} to ${endTime}: ${reason}`,
      unblockedBy: `the end of the freeze at ${endTime}, or its removal from the policy`,
    })
  }
  const { name, urgency } = diagnosis
  if (urgency === 'Immediate') return pass('WindowOpen', `${name} is Immediate and waits for no window`)
  if (spec.maintenanceWindows.length === 0) return pass('WindowOpen', `policy ${policyName} has no maintenance windows`)
  const windows = spec.maintenanceWindows.map((window) => lookAt(window, now))
  const open = windows.find(({ openSince }) => openSince !== undefined)
  if (open?.openSince !== undefined)
    return pass('WindowOpen', `the window ${inWords(open)} is open since ${inBothZones(open.openSince, open)}`)
  return outside(name, windows)
}

function outside(name: string, windows: readonly WindowSeen[]): GateAnswer {
  const coming = windows.flatMap((seen) => (seen.opensNext === undefined ? [] : [{ seen, at: seen.opensNext }]))
  const [next] = coming.toSorted((left, right) => left.at - right.at)
  const opens =
    next === undefined
      ? 'no window ever opens again'
      : `the next window ${inWords(next.seen)} opens at ${inBothZones(next.at, next.seen)}`
  return hold('WindowOpen', 'OutsideWindow', {
    message: `${name} is Deferrable, and ${opens}`,
    numbers: { windows: windows.length },
    unblockedBy: next === undefined ? 'another maintenance window' : 'the window opens',
  })
}

/** A bound that cannot be read bounds nothing: when in doubt, keep off. */
const isFrozen = ({ startTime, endTime }: PolicySpec['freezes'][number], now: Instant): boolean =>
  now >= (parseTime(startTime) ?? now) && now < (parseTime(endTime) ?? Number.POSITIVE_INFINITY)

const inWords = ({ window: { schedule, durationSeconds } }: WindowSeen): string => `'${schedule}' (${durationSeconds}s)`

const inBothZones = (at: Instant, { window: { timeZone } }: WindowSeen): string =>
  timeZone === 'UTC' ? rfc3339(at) : `${rfc3339(at)} (${clockIn(timeZone, at)} ${timeZone})`

/** As the clock on the wall there shows it, with the offset: an hour that comes twice is told apart. */
function clockIn(timeZone: string, at: Instant): string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  })
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const offset = (parts.get('timeZoneName') ?? '').replace('GMT', '') || '+00:00'
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')} ${parts.get('hour')}:${parts.get('minute')} ${offset}`
}
