import { type Mono, monoLater, seconds } from '../../kernel/time.ts'
import { powerTravelMaxMs, RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { type Power, type PowerReading, type RedfishAccess, UnsettledError } from '../../ports/power.ts'
import type { BmcNetworks } from '../bmc-networks.ts'
import { Turns } from '../turns.ts'
import { monoNow } from './exchange.ts'
import type { Line } from './line.ts'
import { Lines } from './lines.ts'
import { orderPower } from './reset.ts'
import { lookAtSystem, type SystemSeen } from './system.ts'
import { Talk } from './talk.ts'

export interface RedfishPowerOptions {
  /** Where BMCs may be. */
  readonly networks: BmcNetworks
  /** From the question to its end: the wait for a turn, log-in, discovery and tasks included. */
  readonly timeoutMs?: number
  /** How long a session is kept that nobody uses. */
  readonly sessionIdleMs?: number
}

export interface RedfishPower extends Power<RedfishAccess> {
  /** Ends every session that is open. Nothing may be asked after it. */
  readonly close: () => Promise<void>
}

/** Leaves two seconds to an order that was on its way when we stopped waiting for it. */
const timeoutMsDefault = powerTravelMaxMs - seconds(2)
/** Longer than the time between two looks at a sick node. */
const sessionIdleMsDefault = seconds(60)

/** Power over Redfish. One visit after the other for each BMC, each by the one session that is kept. */
export function createRedfishPower({
  networks,
  timeoutMs = timeoutMsDefault,
  sessionIdleMs = sessionIdleMsDefault,
}: RedfishPowerOptions): RedfishPower {
  const turns = new Turns()
  const lines = new Lines({ networks, idleMs: sessionIdleMs })
  const visit = async <Value>(access: RedfishAccess, work: Work<Value>, notAfter?: Mono): Promise<Value> => {
    const endsAt = monoLater(monoNow(), timeoutMs)
    return await turns.take(nameOf(access), async () => {
      const leftMs = endsAt - monoNow()
      // A visit that would be broken off at its start is better not made: then its outcome is known.
      if (leftMs < timeoutMs / 4) throw new UnavailableError(`${nameOf(access)} is busy: nothing was sent`)
      return await lines.use(access, async (line) => {
        refuseResting(line, access)
        const patience = { notAfter: earlier(endsAt, notAfter), signal: AbortSignal.timeout(Math.ceil(leftMs)) }
        return await work(new Talk(access, line, patience))
      })
    })
  }
  return {
    read: async (access) => await visit(access, async (talk) => readingOf(await lookAtSystem(talk), talk.name)),
    turnOff: async (access, notAfter) => await visit(access, async (talk) => await order(talk, 'Off'), notAfter),
    turnOn: async (access, notAfter) => await visit(access, async (talk) => await order(talk, 'On'), notAfter),
    close: async () => await lines.close(),
  }
}

type Work<Value> = (talk: Talk) => Promise<Value>

const nameOf = ({ address, port }: RedfishAccess): string => `BMC ${address}:${port}`

const earlier = (left: Mono, right: Mono | undefined): Mono => (right !== undefined && right < left ? right : left)

function refuseResting(line: Line, access: RedfishAccess): void {
  const ms = line.restsForMs
  if (ms > 0)
    throw new UnavailableError(
      `${nameOf(access)} asked for patience: nothing is sent for ${Math.ceil(ms / 1_000)} s more`,
    )
}

/** What hangs before the order has left has switched nothing. */
async function order(talk: Talk, wanted: 'On' | 'Off'): Promise<void> {
  try {
    await orderPower(talk, wanted)
  } catch (cause) {
    if (talk.hasOrdered || !(cause instanceof TimeoutError)) throw cause
    throw new UnavailableError(`${cause.message}: nothing was switched`)
  }
}

function readingOf({ powerState, systemUUID, path }: SystemSeen, name: string): PowerReading {
  switch (powerState) {
    case 'On':
    // The processors stand still, and the power is on.
    case 'Paused':
      return { power: 'On', systemUUID }
    case 'Off':
      return { power: 'Off', systemUUID }
    case 'PoweringOn':
    case 'PoweringOff':
    case null:
      throw new UnsettledError(`${name}: the power of ${path} is ${powerState ?? 'unknown to it'}`)
    default:
      throw new RefusedError(`${name} tells no power state of ${path} that is known`, {
        status: 200,
        reason: 'Unreadable',
      })
  }
}
