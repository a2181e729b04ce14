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
    this.#version = version
  }

  /** What we write on a version that somebody else made hides nothing of what he did. */
  readonly wrote = (base: string, next: string): void => {
    if (this.holds(base)) this.#version = next
  }

  #last: Promise<unknown> = Promise.resolve()

  /**
   * Writers of this process take turns, from their read of the ledger to their write: side by side, all but one of them would have read
   * in vain. As each request has a deadline, so has each turn.
   */
  readonly inTurn = async <Answer>(act: () => Promise<Answer>): Promise<Answer> => {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    await before
    try {
      return await act()
    } finally {
      resolve()
    }
  }
}
