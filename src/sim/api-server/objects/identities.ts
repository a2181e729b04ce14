import { hashText } from '../../../kernel/prng.ts'

/** UIDs and name suffixes that look random and are a function of the seed and of how many were given out before. */
export class Identities {
  readonly #seed: number
  #count = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /** Shaped as RFC 4122, version 4. */
  uid(): string {
    this.#count += 1
    const hex = [1, 2, 3, 4].map((part) => scramble(`${this.#seed}/${this.#count}/${part}`)).join('')
    const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4] ?? '8'
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }

  /** Five characters of the alphabet that Kubernetes uses, which spells no words. */
  nameSuffix(): string {
    this.#count += 1
    return [1, 2, 3, 4, 5]
      .map((part) => alphabet[hashText(`${this.#seed}/${this.#count}/${part}`, part) % alphabet.length])
      .join('')
  }
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

const scramble = (text: string): string => hashText(text, hashText(text, 0)).toString(16).padStart(8, '0')
