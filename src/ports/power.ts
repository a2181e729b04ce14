import type { Mono } from '../kernel/time.ts'
import { UnavailableError } from './errors.ts'

/** A BMC: obeys whoever reaches it, takes no fencing token, may lie. So the caller is fenced, and reads twice. */
export interface Power<Access extends BmcAccess = BmcAccess> {
  /**
   * Rejects with TimeoutError (unknown), UnavailableError (unreachable), UnsettledError or RefusedError (password, session,
   * privilege, address, certificate).
   */
  readonly read: (bmc: Access) => Promise<PowerReading>
  /** `notAfter`, on our monotonic clock: a command that waited for its turn beyond that is not sent (UnavailableError). */
  readonly turnOff: (bmc: Access, notAfter?: Mono) => Promise<void>
  readonly turnOn: (bmc: Access, notAfter?: Mono) => Promise<void>
}

export interface PowerReading {
  readonly power: 'On' | 'Off'
  /** The system UUID that the BMC claims, lower case with dashes: compared with the node's before any command. */
  readonly systemUUID: string
}

/** The BMC answers, and tells neither On nor Off: its machine is on the way from one to the other. */
export class UnsettledError extends UnavailableError {}

/** How to reach the BMC of one node. Never logged, never stored: it carries the password. */
export type BmcAccess = IpmiAccess | RedfishAccess

interface BmcAccount {
  /** Host name or address, without port. */
  readonly address: string
  readonly port: number
  readonly username: string
  readonly password: string
  /**
   * As the node tells it. BMCs differ in the order of its bytes: this decides between orders, and proves nothing by itself. Of
   * several systems behind one Redfish service it chooses the one of the node.
   */
  readonly systemUUID?: string
}

export interface IpmiAccess extends BmcAccount {
  readonly protocol: 'ipmi'
  /** RMCP+ cipher suite; 17 unless the BMC is too old for it. */
  readonly cipherSuite: number
}

export interface RedfishAccess extends BmcAccount {
  readonly protocol: 'redfish'
  /** The last part of the path of its system, where the service has several. */
  readonly system?: string
  readonly trust: RedfishTrust
}

/** Which certificate is trusted: at least one of both, and where both are given both must hold. */
export interface RedfishTrust {
  /** Of the very certificate: 64 hexadecimal digits in lower case. */
  readonly certificateSHA256?: string
  /** Certificates of authorities in PEM; those of the system do not count. */
  readonly authorities?: string
}
