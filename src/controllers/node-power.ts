import { bmcSecretName } from '../api/annotations.ts'
import { secretKind } from '../api/core/kinds.ts'
import type { PowerSeen } from '../domain/surroundings/provider-ready.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import { isOutage, RefusedError } from '../ports/errors.ts'
import { type Power, UnsettledError } from '../ports/power.ts'
import { type BmcMapping, parseBmcMapping } from './bmc-mapping.ts'

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
    if (error instanceof UnsettledError)
      return { kind: 'Unavailable', message: `the power of node ${nodeName} is neither On nor Off: it changes` }
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

/**
 * The mapping must still be the one that the decision saw: an address that was swapped meanwhile is another machine. Whom the order
 * is for goes down with it: a service with several systems must pick this one.
 */
export async function switchPower(
  ports: PowerPorts,
  power: Power,
  { kind, nodeName, systemUUID, mapping }: PowerOrder,
): Promise<void> {
  const mapped = await mappingOf(ports, nodeName)
  if (!mapped.ok || mapped.mapping.fingerprint !== mapping) {
    throw new RefusedError(`the BMC mapping of node ${nodeName} has changed since it was read`, {
      status: 409,
      reason: 'HostMismatch',
    })
  }
  const access = { ...mapped.mapping.access, systemUUID }
  await (kind === 'TurnOff' ? power.turnOff(access) : power.turnOn(access))
}

type Mapped =
  | { readonly ok: true; readonly mapping: BmcMapping }
  | { readonly ok: false; readonly kind: 'Unmapped' | 'Forbidden'; readonly message: string }

/** Read anew for every look, so a rotated password needs no restart. */
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
  const parsed = parseBmcMapping(secret.entries)
  if (parsed.ok) return { ok: true, mapping: parsed.value }
  const problems = parsed.issues.map(({ message }) => message).join('; ')
  return { ok: false, kind: 'Unmapped', message: `Secret ${namespace}/${name}: ${problems}` }
}

/** Where no policy may act, nobody may read how a BMC is reached. */
function forbidden(error: unknown): RefusedError {
  if (error instanceof RefusedError) return error
  throw error
}
