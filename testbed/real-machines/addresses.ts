/** Of one bed: a bridge, the machines on it, and a network of pods behind each machine. No two instances share an address. */
export interface Addresses {
  /** Also the prefix of every link of this bed. The kernel allows 15 letters. */
  readonly bridge: string
  /** The bed's own end: what listens here is reached by every machine and every pod. */
  readonly gateway: string
  readonly prefixLength: number
  /** Behind which no other network of this host may lie. */
  readonly networks: readonly string[]
}

interface Instance {
  readonly instance: number
}

export interface MachineAddress {
  readonly link: string
  readonly address: string
  readonly podNetwork: string
}

export const addressesOf = ({ instance }: Instance): Addresses => ({
  bridge: `prunella-${instance}`,
  gateway: gatewayOf(instance),
  prefixLength,
  networks: [`10.89.${instance}.0/24`, `10.88.${instance * podNetworksPerInstance}.0/22`],
})

export const machineAddress = ({ instance }: Instance, index: number): MachineAddress => {
  if (index >= podNetworksPerInstance) throw new RangeError(`there is no network for the pods of machine ${index + 1}`)
  return {
    link: `prunella-${instance}-${index + 1}`,
    address: `10.89.${instance}.${11 + index}`,
    podNetwork: `10.88.${instance * podNetworksPerInstance + index}.0/24`,
  }
}

/** Pods know it by their environment. It lies nowhere: each machine turns it into the gateway. */
export const serviceNetwork = '10.0.0.0/24'
export const apiserverService = '10.0.0.1'

export const gatewayOf = (instance: number): string => `10.89.${instance}.1`
const prefixLength = 24
const podNetworksPerInstance = 4

/** Whether two networks in CIDR notation have an address in common. */
export function overlap(left: string, right: string): boolean {
  const [a, b] = [networkOf(left), networkOf(right)]
  const shorter = Math.min(a.length, b.length)
  const prefix = (bits: number): number => Math.floor(bits / 2 ** (32 - shorter))
  return prefix(a.bits) === prefix(b.bits)
}

function networkOf(cidr: string): { readonly bits: number; readonly length: number } {
  const [address = '', length = '32'] = cidr.split('/')
  return { bits: address.split('.').reduce((bits, part) => bits * 256 + Number(part), 0), length: Number(length) }
}
