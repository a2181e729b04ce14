import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kubeconfigPath } from '../control-plane/identities.ts'
import { serverOf } from '../control-plane/kubeconfig.ts'
import { answersOk } from '../control-plane/look.ts'
import type { Layout } from '../layout.ts'
import { flagsOf } from '../process/flags.ts'
import type { Service } from '../process/service.ts'
import { onNode, packFolder, readDetectorConfig } from './shipped.ts'

export interface Detected {
  /** Name of the node, and of its kubeconfig. */
  readonly name: string
  readonly folder: string
  readonly kernelLog: string
}

export interface DetectorOptions {
  /** Shipped configurations, by their names in the detection matrix. */
  readonly configs: readonly string[]
  /** Where its checks look. */
  readonly env?: Readonly<Record<string, string>>
  /** How often it repeats its conditions; its own default is five minutes. */
  readonly heartbeatSeconds?: number
}

export const detectorProcess = 'detector'

/** The real node problem detector of one node, with the rights of that node and the shipped configurations. */
export function detector(
  layout: Layout,
  node: Detected,
  { configs, env = {}, heartbeatSeconds = 300 }: DetectorOptions,
): Service {
  const port = layout.ports.detector
  const path = (name: string): string => configPath(layout, node, name)
  const of = (plugin: string): string =>
    configs
      .filter((name) => name.startsWith(`${plugin}/`))
      .map(path)
      .join(',')
  return {
    name: detectorProcess,
    program: join(layout.bin, 'npd'),
    args: flagsOf({
      'hostname-override': node.name,
      'apiserver-override': `${serverOf(layout)}?inClusterConfig=false&auth=${kubeconfigPath(layout, node.name)}`,
      ...named({ 'config.system-log-monitor': of('log'), 'config.custom-plugin-monitor': of('plugin') }),
      'k8s-exporter-heartbeat-period': `${heartbeatSeconds}s`,
      'prometheus-address': '127.0.0.1',
      'prometheus-port': port,
      port: 0,
    }),
    env: { ...env },
    ready: () => answersOk({ url: `http://127.0.0.1:${port}/metrics` }),
  }
}

const named = (flags: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== ''))

function configPath(layout: Layout, { folder, kernelLog }: Detected, name: string): string {
  const path = join(folder, 'configs', `${name.replace('/', '-')}.json`)
  mkdirSync(join(folder, 'configs'), { recursive: true })
  const config = onNode(readDetectorConfig(layout, name), { kernelLog, pack: packFolder(layout) })
  writeFileSync(path, JSON.stringify(config, undefined, 2))
  return path
}
