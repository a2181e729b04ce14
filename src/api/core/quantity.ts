import { at, isObject, type JsonObject } from '../../kernel/json.ts'

/** Amounts by resource: CPU in thousandths, memory and storage in bytes, the rest in pieces. */
export type Quantities = Readonly<Record<string, number>>

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** A quantity as Kubernetes writes it: `250m`, `1.5`, `64Gi`, `1e3`. Undefined: no quantity at all. */
export function parseQuantity(text: string): number | undefined {
  const [, number, suffix = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(text) ?? []
  return number === undefined ? undefined : Number(number) * (suffixes[suffix] ?? 1)
}

/** What cannot be read counts as nothing. Amounts are whole: CPU is rounded up to thousandths. */
export function quantitiesAt(raw: JsonObject, ...path: readonly string[]): Quantities {
  const found = at(raw, ...path)
  if (!isObject(found)) return {}
  const entries = Object.entries(found).flatMap(([resource, written]) => {
    const amount =
      typeof written === 'number' ? written : typeof written === 'string' ? parseQuantity(written) : undefined
    if (amount === undefined || !Number.isFinite(amount)) return []
    return [[resource, Math.ceil(resource === 'cpu' ? Math.round(amount * 1e6) / 1e3 : amount)] as const]
  })
  return Object.fromEntries(entries)
}
