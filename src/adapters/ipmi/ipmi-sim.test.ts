import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { RefusedError } from '../../ports/errors.ts'
import type { IpmiAccess } from '../../ports/power.ts'
import { BmcNetworks } from '../bmc-networks.ts'
import { createIpmiPower } from './ipmi-power.ts'
import { type IpmiSim, isIpmiSimInstalled, startIpmiSim } from './ipmi-sim.fixture.ts'

const power = createIpmiPower({ networks: new BmcNetworks(['127.0.0.0/8']) })

/** The real protocol: Debian's simulator of a BMC, with a process for a machine. */
describe.runIf(isIpmiSimInstalled())('against ipmi_sim', { timeout: 30_000 }, () => {
  let simulator: IpmiSim | undefined
  const access = (unusual: Partial<IpmiAccess> = {}): IpmiAccess => {
    if (simulator === undefined) throw new Error('it was not started')
    return { ...simulator.access, ...unusual }
  }

  beforeAll(async () => {
    simulator = await startIpmiSim()
    await vi.waitFor(async () => await power.read(access()), { timeout: 20_000 })
  }, 30_000)
  // The story leaves the machine off.
  afterAll(() => simulator?.stop())

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
