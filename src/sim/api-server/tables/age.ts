import { type Instant, parseTime } from '../../../kernel/time.ts'

/** How long ago, as kubectl shows it: `<unknown>` without a time. */
export function ageOf(time: string | undefined, now: Instant): string {
  const at = parseTime(time)
  return at === undefined ? '<unknown>' : humanDuration(now - at)
}

/** Two or three figures: `45s`, `3m20s`, `12m`, `5h30m`, `3d4h`, `40d`, `2y10d`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1_000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 120) return `${Math.max(0, seconds)}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return joined([minutes, 'm'], [seconds % 60, 's'])
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return joined([hours, 'h'], [minutes % 60, 'm'])
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (days < 8) return joined([days, 'd'], [hours % 24, 'h'])
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 ? joined([years, 'y'], [days % 365, 'd']) : `${years}y`
}

type Part = readonly [count: number, unit: string]

const joined = ([many, unit]: Part, [few, smaller]: Part): string =>
  `${many}${unit}${few === 0 ? '' : `${few}${smaller}`}`
