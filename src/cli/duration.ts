import { InvalidArgumentError } from 'commander'
import { hours, minutes, seconds } from '../kernel/time.ts'

const units: Readonly<Record<string, (count: number) => number>> = { s: seconds, m: minutes, h: hours }

/** `90s`, `10m`, `1h30m`, as kubectl takes them, in milliseconds. For an option of commander. */
export function durationOption(text: string): number {
  const parts = [...text.matchAll(/(\d{1,6})([smh])/g)]
  const isWhole = parts.length > 0 && parts.map(([whole]) => whole).join('') === text
  if (!isWhole) throw new InvalidArgumentError('It must be a duration such as 90s, 10m or 1h30m.')
  return parts.reduce((sum, [, count, unit = 's']) => sum + (units[unit]?.(Number(count)) ?? 0), 0)
}
