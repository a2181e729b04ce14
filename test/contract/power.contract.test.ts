import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { mono } from '../../src/kernel/time.ts'
import { RefusedError, UnavailableError } from '../../src/ports/errors.ts'
import type { BmcAccess, Power } from '../../src/ports/power.ts'
import { type PowerTarget, powerTargets } from './power-targets.ts'

/** One suite for the port to BMCs: what the operator may rely on, whatever the protocol and whoever plays the BMC. */
describe.each(powerTargets)('power: $name', { timeout: 90_000 }, ({ start, isPunctual }) => {
  let target: PowerTarget | undefined
  beforeAll(async () => {
    target = await start()
    await vi.waitFor(async () => await power().read(access()), { timeout: 80_000, interval: 250 })
  }, 90_000)
  afterAll(async () => await target?.close(), 30_000)

  const started = (): PowerTarget => {
    if (target === undefined) throw new Error('it was not started')
    return target
  }
  const power = (): Power => started().power
  const access = (unusual: Partial<Pick<BmcAccess, 'port' | 'password' | 'systemUUID'>> = {}): BmcAccess => ({
    ...started().access,
    ...unusual,
  })
  const state = async () => (await power().read(access())).power
  const becomes = async (wanted: 'On' | 'Off') =>
    await expect.poll(state, { timeout: 30_000, interval: 250 }).toBe(wanted)

  test('a reading tells On or Off, and whose it is', async () => {
    const { power: read, systemUUID } = await power().read(access())
    expect(['On', 'Off']).toContain(read)
    expect(systemUUID).toBe(access().systemUUID)
    expect(systemUUID).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
  })

  test('a BMC in another machine than expected tells the one it is in', async () => {
    const another = '5f6a0000-0000-4000-8000-000000000001'
    const { systemUUID } = await power().read(access({ systemUUID: another }))
    expect(systemUUID).toBe(access().systemUUID)
  })

  test('off comes to be Off and on comes to be On, and each may be ordered once more', async () => {
    for (const _ of ['on', 'and on again']) await power().turnOn(access())
    await becomes('On')
    for (const _ of ['off', 'and off again']) await power().turnOff(access())
    await becomes('Off')
    for (const _ of ['on', 'and on again']) await power().turnOn(access())
    await becomes('On')
    expect(await state()).toBe('On')
  })

  test('a wrong password is refused, shown to nobody, and switches nothing', async () => {
    await power().turnOn(access())
    await becomes('On')
    const failure = power().turnOff(access({ password: 'letmein' }))
    await expect(failure).rejects.toThrow(RefusedError)
    await expect(failure).rejects.not.toThrow(/letmein/)
    await becomes('On')
  })

  test('where no BMC listens nothing was sent', async () => {
    await expect(power().turnOff(access({ port: 9 }))).rejects.toThrow(UnavailableError)
  })

  test.runIf(isPunctual)('an order beyond its last moment is not sent', async () => {
    await power().turnOn(access())
    await becomes('On')
    await expect(power().turnOff(access(), mono(performance.now() - 1))).rejects.toThrow(UnavailableError)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await state()).toBe('On')
  })
})
