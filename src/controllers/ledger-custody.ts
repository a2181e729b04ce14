import { isOlder } from '../runtime/resource-version.ts'

/**
 * Which version of the ledger nobody but this process has touched since it was seen to name every run that is under way. While that is
 * so, the ledger and the cache together miss nobody, and no claim has to list all runs: whoever takes a slot out of the books by hand
 * makes another version.
 */
export class LedgerCustody {
  #version: string | undefined

  readonly holds = (version: string): boolean => version === this.#version

  /** Seen beside a list of all runs that the cache agrees with. */
  readonly take = (version: string): void => {
    if (this.#version === undefined || !isOlder(version, this.#version)) this.#version = version
  }

  /** What we write on a version that somebody else made hides nothing of what he did. */
  readonly wrote = (base: string, next: string): void => {
    if (this.holds(base)) this.#version = next
  }
}
