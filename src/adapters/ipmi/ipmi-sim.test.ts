import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { RefusedError } from '../../ports/errors.ts'
import type { IpmiAccess } from '../../ports/power.ts'
import { BmcNetworks } from '../bmc-networks.ts'
import { createIpmiPower } from './ipmi-power.ts'

const simulator = 'ipmi_sim'
const installed = ['ipmitool', simulator].every((program) => spawnSync('which', [program]).status === 0)
const power = createIpmiPower({ networks: new BmcNetworks(['127.0.0.0/8']) })

/** The real protocol: Debian's simulator of a BMC, with a process for a machine. */
describe.runIf(installed)('against ipmi_sim', { timeout: 30_000 }, () => {
  let [folder, port] = ['', 0]
  let bmc: ChildProcess | undefined
  const access = (unusual: Partial<IpmiAccess> = {}): IpmiAccess => ({
    protocol: 'ipmi',
    address: '127.0.0.1',
    port,
    username: 'admin',
    password: 'secret',
    cipherSuite: 3,
    ...unusual,
  })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ipmi-sim-'))
    port = await freePort()
    mkdirSync(join(folder, 'state'))
    writeFileSync(join(folder, 'lan.conf'), lanConfig(port, await freePort()))
    writeFileSync(
      join(folder, 'emu'),
      'mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\nmc_enable 0x20\n',
    )
    bmc = spawn(simulator, ['-n', '-c', 'lan.conf', '-f', 'emu', '-s', 'state'], { cwd: folder, stdio: 'ignore' })
    await vi.waitFor(async () => await power.read(access()), { timeout: 20_000 })
  }, 30_000)
  // The story leaves the machine off: an ipmi_sim that is killed would leave it running.
  afterAll(() => {
    bmc?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  test('on is seen on, off is seen off, and the identity is that of the node', async () => {
    expect(await power.read(access())).toEqual({ power: 'Off', systemUUID: '33221100-5544-4706-8899-aabbccddeeff' })
    for (const _ of ['on', 'and on again']) await power.turnOn(access())
    await expect.poll(async () => (await power.read(access())).power, { timeout: 5_000 }).toBe('On')
    for (const _ of ['off', 'and off again']) await power.turnOff(access())
    await expect.poll(async () => (await power.read(access())).power, { timeout: 8_000 }).toBe('Off')
  })

  test('the identity that is expected decides the order of its bytes, and another is told as it is', async () => {
    const written = '00112233-4455-0647-8899-aabbccddeeff'
    expect(await power.read(access({ systemUUID: written }))).toMatchObject({ systemUUID: written })
    const another = '5f6a0000-0000-4000-8000-000000000001'
    const claimed = '33221100-5544-4706-8899-aabbccddeeff'
    expect(await power.read(access({ systemUUID: another }))).toMatchObject({ systemUUID: claimed })
  })

  test.each([
    ['a wrong password', { password: 'wrong' }, 'wrong user name or password'],
    ['an unknown user', { username: 'nobody' }, 'wrong user name or password'],
    ['a cipher suite that it does not speak', { cipherSuite: 17 }, 'refuses the cipher suite'],
  ])('%s is refused at once', async (_, unusual, message) => {
    const failure = power.read(access(unusual))
    await expect(failure).rejects.toThrow(RefusedError)
    await expect(failure).rejects.toThrow(message)
  })
})

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
