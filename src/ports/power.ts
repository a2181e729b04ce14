import type { Mono } from '../kernel/time.ts'

/** A BMC: obeys whoever reaches it, takes no fencing token, may lie. So the caller is fenced, and reads twice. */
export interface Power {
  /** Rejects with TimeoutError (unknown), UnavailableError (unreachable) or RefusedError (password, session, privilege). */
  readonly read: (bmc: BmcAccess) => Promise<PowerReading>
  /** `notAfter`, on our monotonic clock: a command that waited for its turn beyond that is not sent (UnavailableError). */
  readonly turnOff: (bmc: BmcAccess, notAfter?: Mono) => Promise<void>
  readonly turnOn: (bmc: BmcAccess, notAfter?: Mono) => Promise<void>
}

export interface PowerReading {
  readonly power: 'On' | 'Off'
  /** The system UUID that the BMC claims, lower case with dashes: compared with the node's before any command. */
  readonly systemUUID: string
}

/** How to reach the BMC of one node. Never logged, never stored: it carries the password. */
export interface BmcAccess {
  readonly protocol: 'ipmi'
  /** Host name or address, without port. */
  readonly address: string
  readonly port: number
  readonly username: string
  readonly password: string
  /** RMCP+ cipher suite; 17 unless the BMC is too old for it. */
  readonly cipherSuite: number
  /** As the node tells it. BMCs differ in the order of its bytes: this decides between orders, and proves nothing by itself. */
  readonly systemUUID?: string
}
