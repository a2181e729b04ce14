import { expect, test } from 'vitest'
import { UnavailableError } from '../ports/errors.ts'
import type { BmcAccess, Power } from '../ports/power.ts'
import { byProtocol, createPower } from './power.ts'

const account = { address: '127.0.0.1', port: 9, username: 'u', password: 'p' }
const ipmi: BmcAccess = { protocol: 'ipmi', ...account, cipherSuite: 17 }
const redfish: BmcAccess = { protocol: 'redfish', ...account, trust: { certificateSHA256: 'ab'.repeat(32) } }

test.each([ipmi, redfish])(
  'whatever is asked of a BMC goes by the protocol of its own Secret: $protocol',
  async (bmc) => {
    const told: string[] = []
    const spoken = (protocol: string): Power => ({
      read: async () => {
        told.push(`${protocol} read`)
        return { power: 'On', systemUUID: '' }
      },
      turnOff: async (_, notAfter) => void told.push(`${protocol} off ${notAfter}`),
      turnOn: async (_, notAfter) => void told.push(`${protocol} on ${notAfter}`),
    })
    const power = byProtocol({ ipmi: spoken('ipmi'), redfish: spoken('redfish') })
    await power.read(bmc)
    await power.turnOff(bmc)
    await power.turnOn(bmc)
    expect(told).toEqual([`${bmc.protocol} read`, `${bmc.protocol} off undefined`, `${bmc.protocol} on undefined`])
  },
)

test.each([ipmi, redfish])('neither protocol leaves the networks: $protocol', async (bmc) => {
  const power = createPower(['10.0.0.0/8'])
  await expect(power.read(bmc)).rejects.toThrow('lies outside of `bmcNetworks`: 10.0.0.0/8')
  await power.close()
})

test('inside of them a BMC that is not there is unavailable', async () => {
  const power = createPower(['127.0.0.1/32'])
  await expect(power.read(redfish)).rejects.toThrow(UnavailableError)
  await power.close()
})
