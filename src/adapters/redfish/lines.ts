import { monoLater, seconds } from '../../kernel/time.ts'
import type { RedfishAccess } from '../../ports/power.ts'
import type { BmcNetworks } from '../bmc-networks.ts'
import { monoNow, type Patience } from './exchange.ts'
import { Line } from './line.ts'

interface LinesOptions {
  readonly networks: BmcNetworks
  /** How long a session is kept that nobody uses: a BMC has few. */
  readonly idleMs: number
}

/** Giving back is a courtesy, and ours to cut short. */
const farewellMs = seconds(2)

interface Kept {
  readonly line: Line
  readonly key: string
  timer: NodeJS.Timeout | undefined
}

/** One line per BMC and account. Who changes the Secret begins anew, and what was open ends by itself. */
export class Lines {
  readonly #options: LinesOptions
  readonly #kept = new Map<string, Kept>()

  constructor(options: LinesOptions) {
    this.#options = options
  }

  /** One user at a time. */
  async use<Value>(access: RedfishAccess, work: (line: Line) => Promise<Value>): Promise<Value> {
    const kept = this.#keptFor(access)
    clearTimeout(kept.timer)
    try {
      return await work(kept.line)
    } finally {
      const idleMs = Math.max(this.#options.idleMs, kept.line.remembersForMs)
      kept.timer = setTimeout(() => void this.#end(kept), idleMs)
      // It must not keep a process alive that has nothing else to do.
      kept.timer.unref()
    }
  }

  /** Ends all sessions at once. */
  async close(): Promise<void> {
    await Promise.all([...this.#kept.values()].map(async (kept) => await this.#end(kept)))
  }

  #keptFor(access: RedfishAccess): Kept {
    const key = keyOf(access)
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const kept: Kept = { line: new Line(access, this.#options.networks), key, timer: undefined }
    this.#kept.set(key, kept)
    return kept
  }

  async #end({ line, key, timer }: Kept): Promise<void> {
    clearTimeout(timer)
    this.#kept.delete(key)
    const patience: Patience = {
      notAfter: monoLater(monoNow(), farewellMs),
      signal: AbortSignal.timeout(farewellMs),
    }
    await line.session.end(patience)
    await line.exchange.close()
  }
}

/** Everything that a session or a connection rests upon. It lives as long as the line, which knows all of it anyway. */
const keyOf = ({ address, port, username, password, trust }: RedfishAccess): string =>
  JSON.stringify([address, port, username, password, trust.certificateSHA256 ?? '', trust.authorities ?? ''])
