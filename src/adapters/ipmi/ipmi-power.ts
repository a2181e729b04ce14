import { safeText } from '../../kernel/hostile-text.ts'
import { RefusedError } from '../../ports/errors.ts'
import type { BmcAccess, Power, PowerReading } from '../../ports/power.ts'
import { type IpmitoolOptions, ipmitool } from './ipmitool.ts'
import { systemUUIDOf } from './system-uuid.ts'

/** Power over IPMI 2.0. One session after the other: many BMCs hold only a few. */
export const ipmiPower = (options: IpmitoolOptions): Power => ({
  read: async (access) => ({ power: await readState(access, options), systemUUID: await readUUID(access, options) }),
  turnOff: async (access) => void (await ipmitool(access, ['chassis', 'power', 'off'], options)),
  turnOn: async (access) => void (await ipmitool(access, ['chassis', 'power', 'on'], options)),
})

async function readState(access: BmcAccess, options: IpmitoolOptions): Promise<PowerReading['power']> {
  const said = await ipmitool(access, ['chassis', 'power', 'status'], options)
  const state = /^Chassis Power is (on|off)$/im.exec(said)?.[1]?.toLowerCase()
  if (state === 'on') return 'On'
  if (state === 'off') return 'Off'
  throw unreadable(access, 'power status', said)
}

async function readUUID(access: BmcAccess, options: IpmitoolOptions): Promise<string> {
  const said = await ipmitool(access, ['mc', 'guid', 'dump'], options)
  const uuid = systemUUIDOf(/^System GUID\s*: ([0-9a-f-]+)$/im.exec(said)?.[1] ?? '', access.systemUUID)
  if (uuid === undefined) throw unreadable(access, 'system UUID', said)
  return uuid
}

const unreadable = ({ address, port }: BmcAccess, what: string, said: string): RefusedError =>
  new RefusedError(`BMC ${address}:${port} tells no ${what}, but '${safeText(said.trim())}'`, {
    status: 0,
    reason: 'Unreadable',
  })
