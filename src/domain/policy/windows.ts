import { Cron } from 'croner'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type Instant, instant, later, seconds } from '../../kernel/time.ts'

export type MaintenanceWindow = PolicySpec['maintenanceWindows'][number]

/** When a window next opens and, where it stands open, since when. */
export interface WindowSeen {
  readonly window: MaintenanceWindow
  /** Undefined: it is shut. */
  readonly openSince: Instant | undefined
  /** Undefined: never again, such as on a 30th of February. */
  readonly opensNext: Instant | undefined
}

/**
 * A window opens at each moment that its schedule names and stays open for its duration, however the clocks are changed meanwhile.
 * An opening at a fixed time in the hour that a change skips comes with the first moment after it; in the hour that comes twice it
 * opens once, the first time. A schedule with steps or wildcards follows the clock on the wall: never in the one, twice in the other.
 */
export function lookAt(window: MaintenanceWindow, now: Instant): WindowSeen {
  const cron = cronOf(window)
  const earliest = later(now, -seconds(window.durationSeconds))
  const opened = nextOpening(cron, earliest)
  return {
    window,
    openSince: opened !== undefined && opened <= now ? opened : undefined,
    opensNext: nextOpening(cron, now),
  }
}

/** Why the window can never be kept. Undefined: it can. */
export function windowProblem(
  window: MaintenanceWindow,
): { readonly field: string; readonly message: string } | undefined {
  if (!isTimeZone(window.timeZone)) {
    const message = `'${window.timeZone}' is no IANA time zone such as 'Europe/Berlin'`
    return { field: 'timeZone', message }
  }
  const { schedule } = window
  if (schedule.trim().split(/\s+/).length !== 5 || schedule.includes('?'))
    return { field: 'schedule', message: `'${schedule}' must have five fields without '?', such as '0 2 * * *'` }
  try {
    if (nextOpening(cronOf(window), anyMoment) !== undefined) return undefined
    return { field: 'schedule', message: `'${schedule}' names no day that ever comes` }
  } catch (error) {
    const because = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : 'unreadable'
    return { field: 'schedule', message: `'${schedule}' is no cron expression: ${because}` }
  }
}

/** Never started: it is asked, with the moment that it is asked for. */
const cronOf = ({ schedule, timeZone }: MaintenanceWindow): Cron =>
  new Cron(schedule, { timezone: timeZone, paused: true, mode: '5-part' })

/** The first opening after the moment. */
function nextOpening(cron: Cron, after: Instant): Instant | undefined {
  const next = cron.nextRun(new Date(after))
  return next === null ? undefined : instant(next.getTime())
}

/** What comes at all comes within a few years of this. */
const anyMoment = instant(0)

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
