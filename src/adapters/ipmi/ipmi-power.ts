import { safeText } from '../../kernel/hostile-text.ts'
import type { Mono } from '../../kernel/time.ts'
import { powerTravelMaxMs, RefusedError, UnavailableError } from '../../ports/errors.ts'
import type { IpmiAccess, Power, PowerReading } from '../../ports/power.ts'
import type { BmcNetworks } from '../bmc-networks.ts'
import { systemUUIDOf } from '../system-uuid.ts'
import { Turns } from '../turns.ts'
import { ipmitool } from './ipmitool.ts'

export interface IpmiPowerOptions {
  /** Where BMCs may be. */
  readonly networks: BmcNetworks
  /** A path, or a name to look for in PATH. */
  readonly program?: string
  /** From the question to its end, the wait for a turn and both calls of a reading included. */
  readonly timeoutMs?: number
}

/** Leaves a killed call's last datagram two seconds to arrive and be obeyed. */
const timeoutMsDefault = powerTravelMaxMs - 2_000

/** Power over IPMI 2.0. One session after the other for each BMC: many hold only a few. */
export function createIpmiPower({
  networks,
  program = 'ipmitool',
  timeoutMs = timeoutMsDefault,
}: IpmiPowerOptions): Power<IpmiAccess> {
  const turns = new Turns()
  const inTurn = async <Answer>(
    access: IpmiAccess,
    talk: (say: Say) => Promise<Answer>,
    notAfter?: Mono,
  ): Promise<Answer> => {
    const endsAt = performance.now() + timeoutMs
    const say = async (words: string): Promise<string> => {
      const address = await networks.resolve(access.address)
      if (notAfter !== undefined && performance.now() > notAfter)
        throw new UnavailableError(`${nameOf(access)}: \`${words}\` waited for too long and was not sent`)
      const leftMs = Math.floor(endsAt - performance.now())
      // A call that would be killed at its start is better not made: then its outcome is known.
      if (leftMs < timeoutMs / 4) throw new UnavailableError(`${nameOf(access)} is busy: \`${words}\` was not sent`)
      return await ipmitool({ ...access, address }, { program, words, timeoutMs: leftMs })
    }
    return await turns.take(nameOf(access), async () => await talk(say))
  }
  return {
    read: async (access) =>
      await inTurn(access, async (say) => ({
        power: stateIn(await say('chassis power status'), access),
        systemUUID: uuidIn(await say('mc guid dump'), access),
      })),
    turnOff: async (access, notAfter) =>
      void (await inTurn(access, async (say) => await say('chassis power off'), notAfter)),
    turnOn: async (access, notAfter) =>
      void (await inTurn(access, async (say) => await say('chassis power on'), notAfter)),
  }
}

type Say = (words: string) => Promise<string>

function stateIn(said: string, access: IpmiAccess): PowerReading['power'] {
  const state = /^Chassis Power is (on|off)$/im.exec(said)?.[1]?.toLowerCase()
  if (state === 'on') return 'On'
  if (state === 'off') return 'Off'
  throw unreadable(access, 'power status', said)
}

function uuidIn(said: string, access: IpmiAccess): string {
  const uuid = systemUUIDOf(/^System GUID\s*: ([0-9a-f-]+)$/im.exec(said)?.[1] ?? '', 'Bytes', access.systemUUID)
  if (uuid === undefined) throw unreadable(access, 'system UUID', said)
  return uuid
}

const nameOf = ({ address, port }: IpmiAccess): string => `BMC ${address}:${port}`

const unreadable = (access: IpmiAccess, what: string, said: string): RefusedError =>
  new RefusedError(`${nameOf(access)} tells no ${what}, but '${safeText(said.trim())}'`, {
    status: 0,
    reason: 'Unreadable',
  })
