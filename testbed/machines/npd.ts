import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../src/kernel/json.ts'
import { kubeconfigPath } from '../control-plane/identities.ts'
import { serverOf } from '../control-plane/kubeconfig.ts'
import { answersOk } from '../control-plane/look.ts'
import type { Layout } from '../layout.ts'
import { flagsOf } from '../process/flags.ts'
import type { Service } from '../process/service.ts'
import { type Hardware, npdProcess } from './hardware.ts'

/** The node problem detector of one machine, with the rights of its node. */
export function npd(layout: Layout, hardware: Hardware): Service {
  const { name, folder, npdPort } = hardware
  const config = join(folder, 'npd.json')
  writeFileSync(config, JSON.stringify(monitorConfig(hardware), undefined, 2))
  return {
    name: npdProcess(name),
    program: join(layout.bin, 'npd'),
    args: npdFlags({
      name,
      server: serverOf(layout),
      kubeconfig: kubeconfigPath(layout, name),
      config,
      metrics: { address: '127.0.0.1', port: npdPort },
    }),
    ready: () => answersOk({ url: `http://127.0.0.1:${npdPort}/metrics` }),
  }
}

export interface DetectorPlace {
  /** Of its node. */
  readonly name: string
  readonly server: string
  readonly kubeconfig: string
  readonly config: string
  /** Configurations that ask checks. */
  readonly plugins?: readonly string[]
  readonly metrics: { readonly address: string; readonly port: number }
}

export const npdFlags = ({
  name,
  server,
  kubeconfig,
  config,
  plugins = [],
  metrics,
}: DetectorPlace): readonly string[] =>
  flagsOf({
    'hostname-override': name,
    'apiserver-override': `${server}?inClusterConfig=false&auth=${kubeconfig}`,
    'config.system-log-monitor': config,
    ...(plugins.length === 0 ? {} : { 'config.custom-plugin-monitor': plugins.join(',') }),
    'prometheus-address': metrics.address,
    'prometheus-port': metrics.port,
    port: 0,
  })

/** The stock rule knows only hung tasks called docker; these are the tasks that a node today cannot live without. */
export const monitorConfig = ({ kernelLog }: Pick<Hardware, 'kernelLog'>): JsonObject => ({
  plugin: 'filelog',
  pluginConfig: { timestamp: '^.{15}', message: 'kernel: \\[.*\\] (.*)', timestampFormat: 'Jan _2 15:04:05' },
  logPath: kernelLog,
  lookback: '5m',
  bufferSize: 10,
  source: 'prunella-kernel',
  conditions: [{ type: 'KernelDeadlock', reason: 'NoTaskHung', message: 'no vital task is blocked' }],
  rules: [
    {
      type: 'permanent',
      condition: 'KernelDeadlock',
      reason: 'VitalTaskHung',
      pattern: 'task (kubelet|containerd|containerd-shim|runc|crio|systemd):\\d+ blocked for more than \\d+ seconds\\.',
    },
    { type: 'temporary', reason: 'NodeOOM', pattern: '\\bOut of memory: Kill(ed)? process \\d+ .+' },
  ],
})
