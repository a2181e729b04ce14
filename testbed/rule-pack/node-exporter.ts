import { answersOk } from '../control-plane/look.ts'
import type { Layout } from '../layout.ts'
import { findProgram } from '../prerequisites.ts'
import { flagsOf } from '../process/flags.ts'
import type { Service } from '../process/service.ts'

export interface Exported {
  /** Names of collectors: none is on by itself. */
  readonly collectors: readonly string[]
  /** What it takes for the machine. */
  readonly rootfs?: string
  readonly procfs?: string
  readonly sysfs?: string
  /** One of several that run side by side. */
  readonly slot?: ExporterSlot
}

export type ExporterSlot = '' | 'B' | 'C'

export const exporterProcess = (slot: ExporterSlot = ''): string => `node-exporter${slot}`
export const exporterPort = ({ ports }: Layout, slot: ExporterSlot = ''): number => ports[`nodeExporter${slot}`]

/** The real node_exporter of one node. Its own processes say nothing about a node, so nothing of Go and of itself is told. */
export function nodeExporter(
  layout: Layout,
  { collectors, rootfs = '/', procfs = '/proc', sysfs = '/sys', slot = '' }: Exported,
): Service {
  const address = `127.0.0.1:${exporterPort(layout, slot)}`
  return {
    name: exporterProcess(slot),
    program: findProgram('prometheus-node-exporter') ?? 'prometheus-node-exporter',
    args: [
      '--collector.disable-defaults',
      ...collectors.map((name) => `--collector.${name}`),
      // the stock pattern leaves out what lies below /var/lib/docker and the like
      ...(collectors.includes('filesystem')
        ? ['--collector.filesystem.mount-points-exclude=^/(dev|proc|sys)($|/)']
        : []),
      ...flagsOf({
        'path.rootfs': rootfs,
        'path.procfs': procfs,
        'path.sysfs': sysfs,
        'web.listen-address': address,
        'web.disable-exporter-metrics': true,
      }).map((flag) => flag.replace(/=true$/, '')),
    ],
    ready: () => answersOk({ url: `http://${address}/metrics` }),
  }
}
