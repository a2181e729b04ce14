import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { seconds } from '../kernel/time.ts'
import { RefusedError, UnavailableError } from '../ports/errors.ts'

interface Resolver {
  readonly lookup?: (name: string) => Promise<readonly string[]>
  /** A resolver that does not answer must not eat the time of the BMC. */
  readonly lookupMsMax?: number
}

/**
 * Where BMCs may be. An address is written by whoever may write our Secrets: without this it could lead our passwords, and requests
 * that come from us, to anybody. A name is looked up here, and the connection goes to the address that was judged.
 */
export class BmcNetworks {
  readonly #cidrs: readonly string[]
  readonly #inside = new BlockList()
  readonly #resolver: Required<Resolver>

  /** Throws where one of them is no CIDR. */
  constructor(cidrs: readonly string[], resolver: Resolver = {}) {
    this.#cidrs = cidrs
    this.#resolver = { lookup: systemLookup, lookupMsMax: seconds(3), ...resolver }
    for (const cidr of cidrs) {
      const [network = '', bits] = cidr.split('/')
      this.#inside.addSubnet(network, Number(bits), familyOf(network))
    }
  }

  /** The IP address to connect to. Rejects with RefusedError where it lies outside, UnavailableError where the name cannot be resolved. */
  readonly resolve = async (address: string): Promise<string> => {
    const found = isIP(address) === 0 ? await this.#found(address) : [address]
    const inside = found.find((ip) => this.#inside.check(ip, familyOf(ip)))
    if (inside !== undefined) return inside
    const where = found.includes(address) ? address : `${address} (${found.join(', ')})`
    throw new RefusedError(`BMC address ${where} lies outside of \`bmcNetworks\`: ${this.#cidrs.join(', ')}`, {
      status: 0,
      reason: 'Address',
    })
  }

  async #found(name: string): Promise<readonly string[]> {
    const over = new AbortController()
    const { lookup: lookUp, lookupMsMax } = this.#resolver
    const late = sleep(lookupMsMax, [], { signal: over.signal })
    try {
      const found = await Promise.race([lookUp(name), late])
      if (found.length > 0) return found
    } catch {
      // what the resolver says in detail helps nobody
    } finally {
      over.abort()
      late.catch(() => {})
    }
    throw new UnavailableError(`BMC ${name} cannot be reached: its address cannot be resolved`)
  }
}

const systemLookup = async (name: string): Promise<readonly string[]> =>
  (await lookup(name, { all: true })).map(({ address }) => address)

const familyOf = (ip: string): 'ipv4' | 'ipv6' => (isIP(ip) === 6 ? 'ipv6' : 'ipv4')
