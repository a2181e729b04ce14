import { isIP } from 'node:net'
import { type ConnectionOptions, createSecureContext, TLSSocket } from 'node:tls'
import { callbackify } from 'node:util'
import { buildConnector } from 'undici'
import { seconds } from '../../kernel/time.ts'
import { RefusedError, UnavailableError } from '../../ports/errors.ts'
import type { RedfishAccess } from '../../ports/power.ts'
import type { BmcNetworks } from '../bmc-networks.ts'

/**
 * Connections to one BMC: into the configured networks, and to whom its Secret trusts. Both are settled before the first byte of a
 * request is written. Throws RefusedError where the authorities cannot be read.
 */
export function trustedConnector(access: RedfishAccess, networks: BmcNetworks): buildConnector.connector {
  // Made anew for each BMC and without a cache: nothing of one handshake helps another.
  const connect = buildConnector({ ...verifying(access), allowH2: false, maxCachedSessions: 0, timeout: seconds(5) })
  // Certificates are made out to the name; an address has none to announce.
  const servername = isIP(access.address) === 0 ? access.address : ''
  const resolve = callbackify(networks.resolve)
  return (options, callback) => {
    const settle: buildConnector.Callback = (error, socket) => {
      if (error !== null) return callback(trustError(error, access), null)
      const problem = pinProblem(socket, access)
      if (problem === undefined) return callback(null, socket)
      socket.destroy()
      callback(problem, null)
    }
    resolve(access.address, (error: Error | null, ip) =>
      error === null ? connect({ ...options, hostname: ip, servername }, settle) : callback(error, null),
    )
  }
}

/** BMCs sign their own certificates, mostly for no name at all. Where the very certificate is known, nothing else need vouch for it. */
function verifying({ address, port, trust: { authorities } }: RedfishAccess): BuildOptions {
  if (authorities === undefined) return { rejectUnauthorized: false }
  try {
    return { rejectUnauthorized: true, secureContext: createSecureContext({ ca: authorities }) }
  } catch {
    throw untrusted(`BMC ${address}:${port}: \`ca.crt\` of its Secret cannot be read`)
  }
}

type BuildOptions = Pick<ConnectionOptions, 'rejectUnauthorized' | 'secureContext'>

function pinProblem(socket: unknown, { address, port, trust }: RedfishAccess): Error | undefined {
  const { certificateSHA256, authorities } = trust
  if (certificateSHA256 === undefined && authorities !== undefined) return undefined
  const seen = socket instanceof TLSSocket ? fingerprintOf(socket) : ''
  if (seen !== '' && seen === certificateSHA256) return undefined
  const shown = seen === '' ? 'no certificate' : `a certificate with SHA-256 ${seen}`
  return untrusted(`BMC ${address}:${port} shows ${shown}, which is not \`certificateSHA256\` of its Secret`)
}

const fingerprintOf = (socket: TLSSocket): string =>
  (socket.getPeerX509Certificate()?.fingerprint256 ?? '').replaceAll(':', '').toLowerCase()

function trustError(error: Error, { address, port }: RedfishAccess): Error {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const bmc = `BMC ${address}:${port}`
  if (/CERT|ISSUER|SIGNATURE/.test(code))
    return untrusted(`${bmc}: \`ca.crt\` of its Secret does not vouch for its certificate (${code})`)
  if (/^(EPROTO|ERR_SSL|ERR_TLS)/.test(code))
    return untrusted(`${bmc} speaks no TLS that we accept (${code}): TLS 1.2 or later is required`)
  return new UnavailableError(`${bmc} cannot be reached${code === '' ? '' : `: ${code}`}`)
}

const untrusted = (message: string): RefusedError => new RefusedError(message, { status: 0, reason: 'Certificate' })
