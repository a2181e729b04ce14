import { BmcNetworks } from '../adapters/bmc-networks.ts'
import { createIpmiPower } from '../adapters/ipmi/ipmi-power.ts'
import { createRedfishPower } from '../adapters/redfish/redfish-power.ts'
import type { IpmiAccess, Power, RedfishAccess } from '../ports/power.ts'

/** Every BMC by the protocol of its own Secret. */
interface BmcPower extends Power {
  /** Gives sessions back. Nothing may be asked after it. */
  readonly close: () => Promise<void>
}

export function createPower(bmcNetworks: readonly string[]): BmcPower {
  const networks = new BmcNetworks(bmcNetworks)
  const redfish = createRedfishPower({ networks })
  return { ...byProtocol({ ipmi: createIpmiPower({ networks }), redfish }), close: redfish.close }
}

interface Protocols {
  readonly ipmi: Power<IpmiAccess>
  readonly redfish: Power<RedfishAccess>
}

/** A protocol without an adapter stops the build at the last branch. */
export const byProtocol = ({ ipmi, redfish }: Protocols): Power => ({
  read: async (bmc) => await (bmc.protocol === 'ipmi' ? ipmi.read(bmc) : redfish.read(bmc)),
  turnOff: async (bmc, notAfter) =>
    await (bmc.protocol === 'ipmi' ? ipmi.turnOff(bmc, notAfter) : redfish.turnOff(bmc, notAfter)),
  turnOn: async (bmc, notAfter) =>
    await (bmc.protocol === 'ipmi' ? ipmi.turnOn(bmc, notAfter) : redfish.turnOn(bmc, notAfter)),
})
