import { X509Certificate } from 'node:crypto'
import type { RedfishAccess } from '../../ports/power.ts'
import { BmcNetworks } from '../bmc-networks.ts'
import { first } from '../loopback-certificates.fixture.ts'
import { createRedfishPower, type RedfishPower, type RedfishPowerOptions } from './redfish-power.ts'
import { type RedfishService, startRedfishService } from './redfish-service.fixture.ts'

/** As the Secret of the BMC has it. */
export const sha256Of = ({ certificate }: typeof first): string =>
  new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase()

interface Bench {
  readonly service: RedfishService
  readonly power: RedfishPower
  readonly access: RedfishAccess
}

/** On a busy machine; only tests about patience itself have less. */
const patienceMs = 30_000

const open: Bench[] = []

/** One service and the adapter that talks to it. The access is that of system 1. */
export async function openBench(options: Partial<RedfishPowerOptions> = {}): Promise<Bench> {
  const service = await startRedfishService()
  const power = createRedfishPower({ networks: new BmcNetworks(['127.0.0.0/8']), timeoutMs: patienceMs, ...options })
  const access: RedfishAccess = {
    protocol: 'redfish',
    address: '127.0.0.1',
    port: service.port,
    ...service.account,
    systemUUID: '33221100-5544-4706-8899-aabbccddeeff',
    trust: { certificateSHA256: sha256Of(first) },
  }
  const bench = { service, power, access }
  open.push(bench)
  return bench
}

/** After each test. */
export async function closeBenches(): Promise<void> {
  for (const { power, service } of open.splice(0)) {
    await power.close()
    await service.close()
  }
}
