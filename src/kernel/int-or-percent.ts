/** A count or a share of a whole, as in `2` or `20%`. */
export type IntOrPercent = number | string

/** A percentage rounds down and is never below 1; a count stands for itself. Undefined: neither a count nor a percentage. */
export function resolveIntOrPercent(value: IntOrPercent, total: number): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : undefined
  const percent = parsePercent(value)
  return percent === undefined ? undefined : Math.max(1, Math.floor((percent * total) / 100))
}

/** Undefined: not a whole percentage from 1 to 100. None at all is a count: as a percentage it would be rounded up to one. */
function parsePercent(text: string): number | undefined {
  const value = Number(/^(\d{1,3})%$/.exec(text)?.[1])
  return value >= 1 && value <= 100 ? value : undefined
}
