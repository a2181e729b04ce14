import type { Prng } from '../../../kernel/prng.ts'

/** A random UUID (version 4) of the seed. */
export function uuid(prng: Prng): string {
  const digits = Array.from({ length: 32 }, () => prng.int(0, 15).toString(16))
  digits[12] = '4'
  digits[16] = prng.int(8, 11).toString(16)
  const text = digits.join('')
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-')
}
