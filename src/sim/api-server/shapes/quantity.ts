/** A quantity the one way Kubernetes writes it: `1000m` is `1`, `1024Mi` is `1Gi`. Undefined: not a quantity. */
export function canonicalQuantity(text: string): string | undefined {
  // Most quantities of a cluster are a few, a thousand times over.
  const known = canonical.get(text)
  if (known !== undefined) return known
  const found = compute(text)
  if (found !== undefined && canonical.size < canonicalMax) canonical.set(text, found)
  return found
}

const canonical = new Map<string, string>()
const canonicalMax = 10_000

function compute(text: string): string | undefined {
  const match = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/.exec(text)
  if (match === null) return undefined
  const [, sign = '', digits = '', suffix = ''] = match
  const nanos = toNanos(digits, suffix)
  if (nanos === 0n) return '0'
  const magnitude = suffix.endsWith('i') && nanos >= 1024n * unit ? binary(nanos) : decimal(nanos, isExponent(suffix))
  return sign === '-' ? `-${magnitude}` : magnitude
}

const unit = 1_000_000_000n
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const

const isExponent = (suffix: string): boolean => /^[eE][+-]?\d/.test(suffix)

/** Rounds up, as Kubernetes does with what is finer than a billionth. */
function toNanos(digits: string, suffix: string): bigint {
  const [whole = '', fraction = ''] = digits.split('.')
  const mantissa = BigInt(`${whole}${fraction}`)
  const scale = 10n ** BigInt(fraction.length)
  const [up, down] = factor(suffix)
  const [dividend, divisor] = [mantissa * up * unit, scale * down]
  return (dividend + divisor - 1n) / divisor
}

function factor(suffix: string): readonly [bigint, bigint] {
  if (isExponent(suffix)) {
    const exponent = Number(suffix.slice(1))
    return exponent >= 0 ? [10n ** BigInt(exponent), 1n] : [1n, 10n ** BigInt(-exponent)]
  }
  const power = binarySuffixes.findIndex((known) => known === suffix)
  if (suffix.endsWith('i')) return [1024n ** BigInt(power), 1n]
  const thousands = decimalSuffixes.findIndex((known) => known === suffix) - 3
  return thousands >= 0 ? [1_000n ** BigInt(thousands), 1n] : [1n, 1_000n ** BigInt(-thousands)]
}

function decimal(nanos: bigint, exponential: boolean): string {
  let [value, power] = [nanos, 0]
  while (value % 1_000n === 0n && power < decimalSuffixes.length - 1) [value, power] = [value / 1_000n, power + 1]
  if (!exponential) return `${value}${decimalSuffixes[power] ?? ''}`
  return power === 3 ? `${value}` : `${value}e${(power - 3) * 3}`
}

function binary(nanos: bigint): string {
  let [value, power] = [nanos / unit, 0]
  if (value * unit !== nanos) return decimal(nanos, false)
  while (value % 1024n === 0n && power < binarySuffixes.length - 1) [value, power] = [value / 1024n, power + 1]
  return `${value}${binarySuffixes[power] ?? ''}`
}
