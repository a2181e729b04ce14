import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../src/kernel/json.ts'
import { systemUuidOf } from '../kwok/nodes.ts'
import { operatorNamespace } from '../operator/install.ts'
import { findProgram } from '../prerequisites.ts'
import { runToEnd } from '../process/run.ts'
import type { Service } from '../process/service.ts'
import { wait } from '../wait.ts'
import { bmcProcess, type Hardware } from './hardware.ts'

export const credentials = { username: 'admin', password: 'secret' } as const

/** An ipmi_sim that owns the power of one machine: on starts its power process, off kills it. */
export function bmc(hardware: Hardware, powerCommand: string): Service {
  const { name, folder } = hardware
  mkdirSync(join(folder, 'state'), { recursive: true })
  writeFileSync(join(folder, 'lan.conf'), lanConfig(hardware, powerCommand))
  writeFileSync(join(folder, 'emu'), emulatorCommands)
  return {
    name: bmcProcess(name),
    program: findProgram('ipmi_sim') ?? 'ipmi_sim',
    args: ['-n', '-c', join(folder, 'lan.conf'), '-f', join(folder, 'emu'), '-s', join(folder, 'state')],
    ready: async () => (await askBmc(hardware, ['power', 'status'])) !== undefined,
  }
}

/** The answer of the BMC to ipmitool; undefined while it gives none. Without -C 3 every call first loses ten seconds. */
export async function askBmc({ bmcAddress, bmcPort }: Hardware, words: readonly string[]): Promise<string | undefined> {
  const { username, password } = credentials
  const where = `-I lanplus -C 3 -N 1 -R 2 -H ${bmcAddress} -p ${bmcPort} -U ${username} -E`
  const options = { env: { IPMI_PASSWORD: password }, timeoutMs: 10_000 }
  const { code, stdout } = await runToEnd('ipmitool', [...where.split(' '), ...words], options)
  return code === 0 ? stdout.trim() : undefined
}

/** Returns when the BMC says that the power is so. On a busy machine a command may be lost, and is then given again. */
export async function switchPower(hardware: Hardware, power: 'on' | 'off'): Promise<void> {
  const answer = `Chassis Power is ${power}`
  const look = async (): Promise<true | undefined> => {
    if ((await askBmc(hardware, ['chassis', 'power', 'status'])) === answer) return true
    await askBmc(hardware, ['chassis', 'power', power])
    return undefined
  }
  await wait(`the BMC of ${hardware.name} to say: ${answer}`, look, { deadlineMs: 180_000 })
}

/** What the operator is given to reach this BMC, and to make sure that it is the right one. */
export const bmcSecret = ({ name, bmcAddress, bmcPort }: Hardware): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: `bmc-${name}`, namespace: operatorNamespace },
  stringData: {
    protocol: 'ipmi',
    address: bmcAddress,
    port: String(bmcPort),
    ...credentials,
    cipherSuite: '3',
    systemUUID: systemUuidOf(name),
  },
})

/** Without the serial line power commands fail with "Invalid data field in request". */
export const lanConfig = (
  { name, bmcAddress, bmcPort, serialPort }: Hardware,
  startCommand: string,
): string => `name "${name}"
set_working_mc 0x20
  startlan 1
    addr ${bmcAddress} ${bmcPort}
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid ${smbiosBytes(systemUuidOf(name))}
  endlan
  serial 15 127.0.0.1 ${serialPort} codec VM
  startcmd "${startCommand}"
  startnow true
  poweroff_wait 2
  kill_wait 3
  user 1 true "" "test" user 10 none md2 md5 straight
  user 2 true "${credentials.username}" "${credentials.password}" admin 10 none md2 md5 straight
`

/** Firmware sends the first three fields of a UUID with their low byte first, and ipmitool turns them round again. */
export function smbiosBytes(uuid: string): string {
  const reversed = (field: string): string => (field.match(/../g) ?? []).toReversed().join('')
  const [low = '', middle = '', high = '', ...rest] = uuid.split('-')
  return [reversed(low), reversed(middle), reversed(high), ...rest].join('')
}

const emulatorCommands = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
sensor_add 0x20 0 0 35 0x6f event-only
sensor_add 0x20 0 1 0x01 0x01
sensor_set_value 0x20 0 1 0x60 0
mc_enable 0x20
`
