import { bmcSecretName } from '../api/annotations.ts'
import { type Secret, secretKind } from '../api/core/kinds.ts'
import type { PowerSeen } from '../domain/surroundings/provider-ready.ts'
import { sha256 } from '../kernel/sha256.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import { isOutage, RefusedError } from '../ports/errors.ts'
import type { BmcAccess, Power } from '../ports/power.ts'

/** One Secret per node says how its BMC is reached. It is read anew for every look, so a rotated password needs no restart. */
interface Mapping {
  readonly access: BmcAccess
  /** Tells this mapping from another without telling the password. */
  readonly fingerprint: string
}

type Mapped =
  | { readonly ok: true; readonly mapping: Mapping }
  | { readonly ok: false; readonly kind: 'Unmapped' | 'Forbidden'; readonly message: string }

interface PowerPorts {
  readonly reader: ClusterReader
  readonly namespace: string
}

export async function readPower(ports: PowerPorts, power: Pick<Power, 'read'>, nodeName: string): Promise<PowerSeen> {
  const mapped = await mappingOf(ports, nodeName)
  if (!mapped.ok) return { kind: mapped.kind, message: mapped.message }
  const { access, fingerprint } = mapped.mapping
  try {
    return { kind: 'Known', ...(await power.read(access)), mapping: fingerprint }
  } catch (error) {
    if (error instanceof RefusedError)
      return { kind: 'Refused', message: `the BMC of node ${nodeName} refuses: ${error.message}` }
    if (isOutage(error))
      return { kind: 'Unavailable', message: `the BMC of node ${nodeName} at ${access.address} does not answer` }
    throw error
  }
}

export interface PowerOrder {
  readonly kind: 'TurnOff' | 'TurnOn'
  readonly nodeName: string
  readonly systemUUID: string
  readonly mapping: string
}

/** The mapping must still be the one that the decision saw: an address that was swapped meanwhile is another machine. */
export async function switchPower(
  ports: PowerPorts,
  power: Power,
  { kind, nodeName, mapping }: PowerOrder,
): Promise<void> {
  const mapped = await mappingOf(ports, nodeName)
  if (!mapped.ok || mapped.mapping.fingerprint !== mapping) {
    throw new RefusedError(`the BMC mapping of node ${nodeName} has changed since it was read`, {
      status: 409,
      reason: 'HostMismatch',
    })
  }
  const { access } = mapped.mapping
  await (kind === 'TurnOff' ? power.turnOff(access) : power.turnOn(access))
}

async function mappingOf({ reader, namespace }: PowerPorts, nodeName: string): Promise<Mapped> {
  const name = bmcSecretName(nodeName)
  const secret = await reader.get(secretKind, { namespace, name }).catch(forbidden)
  if (secret instanceof RefusedError) {
    const message = `the BMC mapping of node ${nodeName} may not be read: ${secret.message}`
    return { ok: false, kind: 'Forbidden', message }
  }
  if (secret === undefined) {
    const message = `node ${nodeName} has no BMC mapping: Secret ${namespace}/${name} is not there`
    return { ok: false, kind: 'Unmapped', message }
  }
  return parseMapping(secret)
}

/** Where no policy may act, nobody may read how a BMC is reached. */
function forbidden(error: unknown): RefusedError {
  if (error instanceof RefusedError) return error
  throw error
}

const portDefault = 623
const cipherSuiteDefault = 17

function parseMapping({ metadata, entries }: Secret): Mapped {
  const access = accessOf(entries)
  const problem = problemOf(access, entries['protocol'] ?? 'ipmi')
  if (problem !== undefined) {
    return { ok: false, kind: 'Unmapped', message: `Secret ${metadata.namespace}/${metadata.name}: ${problem}` }
  }
  const fingerprint = sha256([access.protocol, access.address, access.port, access.systemUUID ?? ''].join('|')).slice(
    0,
    16,
  )
  return { ok: true, mapping: { access, fingerprint } }
}

function accessOf(entries: Secret['entries']): BmcAccess {
  const { address = '', username = '', password = '', systemUUID = '' } = entries
  return {
    protocol: 'ipmi',
    address,
    port: Number(entries['port'] ?? portDefault),
    username,
    password,
    cipherSuite: Number(entries['cipherSuite'] ?? cipherSuiteDefault),
    ...(systemUUID === '' ? {} : { systemUUID: systemUUID.toLowerCase() }),
  }
}

/** What is wrong with the Secret, in the words of its fields. Never its values. */
function problemOf(
  { address, port, username, password, cipherSuite }: BmcAccess,
  protocol: string,
): string | undefined {
  if (protocol !== 'ipmi') return "`protocol` must be 'ipmi'"
  if (!/^[A-Za-z0-9.:-]{1,253}$/.test(address) || address.startsWith('-'))
    return '`address` must be a host name or an IP address'
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return '`port` must be a number from 1 to 65535'
  if (![3, 17].includes(cipherSuite)) return '`cipherSuite` must be 17, or 3 for older BMCs'
  return username === '' || password === '' ? '`username` and `password` must not be empty' : undefined
}
