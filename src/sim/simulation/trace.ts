import { hashText } from '../../kernel/prng.ts'
import type { Loop } from '../loop.ts'

/** Longer traces are cut at their beginning; the hash is over everything. */
const traceMax = 20_000

/** What happened, line by line. Two runs of one plan give one hash. */
export class Trace {
  readonly lines: string[] = []
  readonly #loop: Loop
  #hash: readonly [number, number] = [0, 0]

  constructor(loop: Loop) {
    this.#loop = loop
  }

  get hash(): string {
    return this.#hash.map((half) => half.toString(16).padStart(8, '0')).join('')
  }

  note(text: string): void {
    const line = `${((this.#loop.mono() as number) / 1_000).toFixed(3).padStart(10)}  ${text}`
    this.#hash = [hashText(line, this.#hash[0]), hashText(line, this.#hash[1] ^ 0x5bd1e995)]
    this.lines.push(line)
    if (this.lines.length > traceMax) this.lines.splice(0, traceMax / 2)
  }
}
