import { assert, constantFrom, integer, property, tuple } from 'fast-check'
import { expect, test, vi } from 'vitest'
import { hours, type Instant, instant, later, minutes, rfc3339 } from '../../kernel/time.ts'
import { lookAt, type MaintenanceWindow, windowProblem } from './windows.ts'

const window = (schedule: string, timeZone = 'UTC', durationSeconds = 3_600): MaintenanceWindow => ({
  schedule,
  timeZone,
  durationSeconds,
})
const at = (text: string): Instant => instant(Date.parse(text))

/** Berlin: on 2026-03-29 the hour from 2 to 3 is skipped, on 2026-10-25 it comes twice. */
const berlin = 'Europe/Berlin'

test('a window is open from its moment until its duration is over', () => {
  const nightly = window('0 2 * * *')
  const look = (time: string) => lookAt(nightly, at(time)).openSince
  expect(look('2026-11-21T01:59:59.999Z')).toBeUndefined()
  expect(look('2026-11-21T02:00:00Z')).toBe(at('2026-11-21T02:00:00Z'))
  expect(look('2026-11-21T02:59:59.999Z')).toBe(at('2026-11-21T02:00:00Z'))
  expect(look('2026-11-21T03:00:00Z')).toBeUndefined()
  expect(lookAt(nightly, at('2026-11-21T02:00:00Z')).opensNext).toBe(at('2026-11-22T02:00:00Z'))
})

test('a window that begins in the hour that is skipped opens with the first moment after it', () => {
  const { openSince, opensNext } = lookAt(window('30 2 * * *', berlin), at('2026-03-29T00:45:00Z'))
  expect(openSince).toBeUndefined()
  expect(opensNext).toBe(at('2026-03-29T01:00:00Z'))
})

test('a window that begins in the hour that comes twice opens once, the first time, and keeps its duration', () => {
  const nightly = window('30 2 * * *', berlin)
  expect(lookAt(nightly, at('2026-10-25T01:00:00Z')).openSince).toBe(at('2026-10-25T00:30:00Z'))
  expect(lookAt(nightly, at('2026-10-25T01:45:00Z')).openSince).toBeUndefined()
  expect(lookAt(nightly, at('2026-10-25T01:45:00Z')).opensNext).toBe(at('2026-10-26T01:30:00Z'))
})

test('a window across the change lasts as long as it says, whatever the clock on the wall shows', () => {
  const night = window('0 1 * * *', berlin, 3 * 3_600)
  // From 01:00 summer time for three hours: to 03:00 winter time.
  expect(lookAt(night, at('2026-10-25T01:59:59Z')).openSince).toBe(at('2026-10-24T23:00:00Z'))
  expect(lookAt(night, at('2026-10-25T02:00:00Z')).openSince).toBeUndefined()
})

test('what the system clock says does not count', () => {
  const look = () => lookAt(window('0 2 * * *', berlin), at('2026-11-21T12:00:00Z'))
  const before = look()
  vi.useFakeTimers({ now: 0 })
  try {
    expect(look()).toEqual(before)
  } finally {
    vi.useRealTimers()
  }
})

test.each([
  [window('0 2 * *'), 'schedule', "'0 2 * *' must have five fields"],
  [window('61 2 * * *'), 'schedule', 'Invalid value for minute: 61'],
  [window('? 2 * * *'), 'schedule', "must have five fields without '?'"],
  [window('0 0 30 2 *'), 'schedule', 'names no day that ever comes'],
  [window('0 2 * * *', 'Mars/Phobos'), 'timeZone', "'Mars/Phobos' is no IANA time zone"],
])('what can never be kept is refused: %#', (bad, field, because) => {
  expect(windowProblem(bad)).toMatchObject({ field, message: expect.stringContaining(because) })
})

test('what can be kept is not refused', () => {
  expect([window('*/5 * * * *'), window('0 2 * * MON-FRI', berlin), window('0 0 29 2 *')].map(windowProblem)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

/** Fixed times, and those that follow the clock on the wall: steps and wildcards. */
const schedules = [
  '0 2 * * *',
  '30 2 * * *',
  '59 1 * * *',
  '0 3 * * *',
  '*/30 2 * * *',
  '15 * * * *',
  '0 */2 * * *',
  '30 2 * * SUN',
]
/** Where and when the clocks change, by an hour or by half of one; and a day on which nothing happens. */
const changes = [
  [berlin, '2026-03-28T12:00:00Z'],
  [berlin, '2026-10-24T12:00:00Z'],
  ['America/New_York', '2026-03-08T00:00:00Z'],
  ['America/New_York', '2026-11-01T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T06:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T06:00:00Z'],
  ['UTC', '2026-06-01T00:00:00Z'],
] as const

test('on days when the clocks change, a walk over every minute says the same', () => {
  assert(
    property(
      constantFrom(...schedules),
      constantFrom(...changes),
      tuple(integer({ min: 0, max: 36 * 60 }), integer({ min: 60, max: 4 * 3_600 })),
      (schedule, [zone, day], [minute, durationSeconds]) => {
        const asked = window(schedule, zone, durationSeconds)
        const now = later(at(day), minutes(minute))
        const openings = walked(asked, wallsAround(at(day), zone))
        const since = openings.filter((opening) => opening <= now && now < later(opening, durationSeconds * 1_000))
        const seen = lookAt(asked, now)
        expect(seen.openSince === undefined ? 'shut' : rfc3339(seen.openSince)).toBe(
          since[0] === undefined ? 'shut' : rfc3339(since[0]),
        )
        const next = openings.find((opening) => opening > now)
        const lasts = later(at(day), hours(66))
        expect(seen.opensNext !== undefined && seen.opensNext < lasts ? seen.opensNext : undefined).toBe(next)
      },
    ),
    { numRuns: 100 },
  )
})

interface Minute {
  /** `2026-10-25 02:30`: comes twice, or never. */
  readonly text: string
  readonly weekday: number
  readonly hour: number
  readonly minute: number
}

interface Wall extends Minute {
  readonly at: Instant
  /** What the clock on the wall left out just before. */
  readonly skipped: readonly Minute[]
}

const known = new Map<string, readonly Wall[]>()

/** What the clock on the wall shows in every minute of four days. */
function wallsAround(day: Instant, timeZone: string): readonly Wall[] {
  const key = `${timeZone} ${day}`
  const walls = known.get(key) ?? watched(later(day, -hours(30)), timeZone)
  known.set(key, walls)
  return walls
}

function watched(from: Instant, timeZone: string): readonly Wall[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  let before: number | undefined
  return Array.from({ length: 96 * 60 }, (_, index) => {
    const at = later(from, minutes(index))
    const shown = Date.parse(`${format.format(at).replace(' ', 'T')}:00Z`)
    const gap = before === undefined ? 0 : Math.max(0, Math.round((shown - before) / 60_000) - 1)
    const skipped = Array.from({ length: gap }, (_, left) => minuteOf(shown - (gap - left) * 60_000))
    before = shown
    return { at, skipped, ...minuteOf(shown) }
  })
}

function minuteOf(shown: number): Minute {
  const date = new Date(shown)
  return {
    text: date.toISOString().slice(0, 16),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  }
}

/** Every minute, one after the other, as a person with a clock on the wall would do it. */
function walked({ schedule }: MaintenanceWindow, walls: readonly Wall[]): readonly Instant[] {
  const [minuteField = '*', hourField = '*', , , dayField = '*'] = schedule.split(' ')
  const isFixed = /^\d+$/.test(minuteField) && /^\d+$/.test(hourField)
  const matches = ({ weekday, hour, minute }: Minute): boolean =>
    fits(minuteField, minute) && fits(hourField, hour) && (dayField === '*' || weekday === 0)
  const told = new Set<string>()
  return walls.flatMap((wall) => {
    const isNew = matches(wall) && !(isFixed && told.has(wall.text))
    if (isNew) told.add(wall.text)
    return isNew || (isFixed && wall.skipped.some(matches)) ? [wall.at] : []
  })
}

function fits(field: string, value: number): boolean {
  if (field === '*') return true
  return field.startsWith('*/') ? value % Number(field.slice(2)) === 0 : Number(field) === value
}
