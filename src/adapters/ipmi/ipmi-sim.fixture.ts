import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IpmiAccess } from '../../ports/power.ts'

const simulator = 'ipmi_sim'

export const isIpmiSimInstalled = (): boolean =>
  ['ipmitool', simulator].every((program) => spawnSync('which', [program]).status === 0)

export interface IpmiSim {
  readonly access: IpmiAccess
  readonly stop: () => void
}

/**
 * Debian's simulator of a BMC, which speaks the real protocol, with a process for a machine. The machine is off, and must be off again
 * at the end: an ipmi_sim that is killed would leave it running. It answers some time after this.
 */
export async function startIpmiSim(): Promise<IpmiSim> {
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-sim-'))
  const port = await freePort()
  mkdirSync(join(folder, 'state'))
  writeFileSync(join(folder, 'lan.conf'), lanConfig(port, await freePort()))
  writeFileSync(join(folder, 'emu'), emulatorCommands)
  const bmc = spawn(simulator, ['-n', '-c', 'lan.conf', '-f', 'emu', '-s', 'state'], { cwd: folder, stdio: 'ignore' })
  const account = { address: '127.0.0.1', port, username: 'admin', password: 'secret' }
  return {
    access: { protocol: 'ipmi', ...account, cipherSuite: 3 },
    stop: () => {
      bmc.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const emulatorCommands = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
mc_enable 0x20
`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}

/** Without the serial line power commands fail with "Invalid data field in request". */
const lanConfig = (port: number, serial: number): string => `name "bmc"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 ${port}
    priv_limit admin
    allowed_auths_admin none md2 md5 straight
    guid 00112233445506478899aabbccddeeff
  endlan
  serial 15 127.0.0.1 ${serial} codec VM
  startcmd "sleep 60"
  startnow false
  poweroff_wait 1
  kill_wait 1
  user 1 true "" "test" user 10 none md2 md5 straight
  user 2 true "admin" "secret" admin 10 none md2 md5 straight
`
