/** SHA-256 of the UTF-8 bytes of a text, as lower-case hex. Pure and synchronous: decisions need it, and WebCrypto waits. */
export function sha256(text: string): string {
  const state = Uint32Array.from(initialState)
  const padded = pad(new TextEncoder().encode(text))
  const schedule = new Uint32Array(64)
  for (let offset = 0; offset < padded.byteLength; offset += 64)
    compress(state, schedule, new DataView(padded.buffer, offset, 64))
  return [...state].map((word) => word.toString(16).padStart(8, '0')).join('')
}

/** Ten characters of the hash: enough for the names of runs, which collide by intent only. */
export const shortHash = (text: string): string =>
  BigInt(`0x${sha256(text).slice(0, 16)}`)
    .toString(36)
    .padStart(10, '0')
    .slice(-10)

function pad(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Math.ceil((bytes.length + 9) / 64) * 64
  const padded = new Uint8Array(length)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  new DataView(padded.buffer).setBigUint64(length - 8, BigInt(bytes.length) * 8n)
  return padded
}

function compress(state: Uint32Array, schedule: Uint32Array, block: DataView): void {
  for (let index = 0; index < 16; index += 1) schedule[index] = block.getUint32(index * 4)
  for (let index = 16; index < 64; index += 1) schedule[index] = extended(schedule, index)
  let [a, b, c, d, e, f, g, h] = [
    word(state, 0),
    word(state, 1),
    word(state, 2),
    word(state, 3),
    word(state, 4),
    word(state, 5),
    word(state, 6),
    word(state, 7),
  ]
  for (let index = 0; index < 64; index += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + word(roundConstants, index) + word(schedule, index)) | 0
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) state[index] = (word(state, index) + value) | 0
}

function extended(schedule: Uint32Array, index: number): number {
  const [near, far] = [word(schedule, index - 2), word(schedule, index - 15)]
  const small1 = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10)
  const small0 = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3)
  return (word(schedule, index - 16) + small0 + word(schedule, index - 7) + small1) | 0
}

const rotate = (value: number, by: number): number => (value >>> by) | (value << (32 - by))

const word = (words: Uint32Array, index: number): number => words[index] ?? 0

const primes = firstPrimes(64)
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 0x1_0000_0000) >>> 0
const initialState = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))
const roundConstants = Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))

function firstPrimes(count: number): readonly number[] {
  const found: number[] = []
  for (let candidate = 2; found.length < count; candidate += 1) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate)
  }
  return found
}
