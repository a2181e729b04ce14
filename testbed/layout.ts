import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { gatewayOf } from './real-machines/addresses.ts'

export const tiers = ['API', 'A', 'B', 'C'] as const
/**
 * API: etcd and kube-apiserver. A: a control plane with kwok nodes. B: with machines that have a BMC, alerts and Karpenter.
 * C: no node is played, the machines are real kubelets and run what they are given.
 */
export type Tier = (typeof tiers)[number]

/** Where everything of one bed lies: several instances stand side by side, with other ports and another run directory. */
export interface Layout {
  readonly instance: number
  /** The one address on which the API server and the BMCs listen: where machines have a network of their own, they must reach it. */
  readonly host: string
  readonly repository: string
  readonly bin: string
  readonly run: string
  readonly logs: string
  readonly pids: string
  readonly pki: string
  readonly kubeconfigs: string
  readonly auditLog: string
  readonly ports: Readonly<Record<PortName, number>>
}

export interface BedAddress {
  readonly instance?: number | undefined
  /** Overrides the run directory that belongs to the instance. */
  readonly run?: string | undefined
  readonly tier?: Tier | undefined
}

export function layoutOf(
  env: Readonly<Record<string, string | undefined>>,
  { instance = 0, run, tier }: BedAddress,
): Layout {
  if (!Number.isInteger(instance) || instance < 0 || instance > instanceMax) {
    throw new RangeError(`instance ${instance} is not a whole number from 0 to ${instanceMax}`)
  }
  // Set and empty means not set.
  const cache = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'prunella')
  const directory = resolve(run ?? join(env['PRUNELLA_TESTBED'] ?? join(cache, 'testbed'), `bed-${instance}`))
  return {
    instance,
    host: tier === 'C' ? gatewayOf(instance) : '127.0.0.1',
    repository: resolve(import.meta.dirname, '..'),
    bin: join(cache, 'bin'),
    run: directory,
    logs: join(directory, 'logs'),
    pids: join(directory, 'pids'),
    pki: join(directory, 'pki'),
    kubeconfigs: directory,
    auditLog: join(directory, 'audit.log'),
    ports: portsOf(instance),
  }
}

const portNames = [
  'etcd',
  'etcdPeer',
  'apiserver',
  'controllerManager',
  'scheduler',
  'kwok',
  'karpenterMetrics',
  'karpenterHealth',
  'prometheus',
  'alertmanager',
  'metrics',
  'operator',
  'operatorB',
  'receiver',
  'detector',
  'nodeExporter',
  'nodeExporterB',
  'nodeExporterC',
  'inventory',
  'rulesPrometheus',
  'rulesPrometheusB',
  'rulesAlertmanager',
  'rulesAlertmanagerB',
  'delay',
  'delayB',
  'delayC',
  'delayD',
  'kubelet',
  'redfish',
] as const
type PortName = (typeof portNames)[number]

/** Below the range from which the kernel hands out ports by itself. */
const firstPort = 21_000
const portsPerInstance = 200
const instanceMax = 50

function portsOf(instance: number): Readonly<Record<PortName, number>> {
  const base = firstPort + instance * portsPerInstance
  const entries = portNames.map((name, index) => [name, base + index] as const)
  return Object.fromEntries(entries) as Record<PortName, number> // fromEntries forgets the names of the keys
}

/** The ports of one machine's hardware, in the upper part of the range of its bed. */
export function machinePorts(
  layout: Layout,
  index: number,
): { readonly bmc: number; readonly serial: number; readonly npd: number } {
  const base = firstPort + layout.instance * portsPerInstance
  return { bmc: base + 50 + index, serial: base + 100 + index, npd: base + 150 + index }
}
