import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SickNode } from '../../../rule-pack/sick-node.ts'
import { alertLimitSeconds, type Fault } from '../fault.ts'
import { arrangeMemory, hogMemory, procOf } from '../memory-hog.ts'
import { fillSmallDisk, mountSmallDisk, remountReadOnly, rootOf, useUpInodes } from '../small-disk.ts'

type Of = Omit<Fault, 'signal' | 'limitSeconds' | 'evidence' | 'class'> & {
  readonly alert: string
  readonly evidence?: Fault['evidence']
  readonly class?: Fault['class']
}

/** node_exporter looks at the node, and the shipped rules judge. */
const alertFault = ({ alert, ...fault }: Of): Fault => ({
  class: 'Fault',
  evidence: 'Real',
  ...fault,
  signal: { alert: { name: alert } },
  limitSeconds: alertLimitSeconds,
})

const filesystems: NonNullable<Fault['exports']> = (node) => ({ collectors: ['filesystem'], rootfs: rootOf(node) })
const proc = (collector: string): NonNullable<Fault['exports']> => {
  return (node) => ({ collectors: [collector], procfs: procOf(node) })
}

function writeProc(node: SickNode, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(procOf(node), file)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, `${text}\n`)
  }
}

export const alertFaults: readonly Fault[] = [
  alertFault({
    name: 'disk-full-by-alert',
    group: 'storage',
    injected: 'a loop device is filled',
    exports: filesystems,
    arrange: mountSmallDisk,
    baseline:
      'node_mountpoint:filesystem_available:ratio{node="disk-full-by-alert", mountpoint="/var/lib/kubelet"} > 0.5',
    strike: fillSmallDisk,
    alert: 'NodeFilesystemFull',
    diagnosis: 'disk-full',
  }),
  alertFault({
    name: 'inodes-full-by-alert',
    group: 'storage',
    injected: 'files are made on a loop device until none is left',
    exports: filesystems,
    arrange: mountSmallDisk,
    baseline:
      'node_mountpoint:filesystem_inodes_free:ratio{node="inodes-full-by-alert", mountpoint="/var/lib/kubelet"} > 0.5',
    strike: useUpInodes,
    alert: 'NodeInodesFull',
    diagnosis: 'inodes-full',
  }),
  alertFault({
    name: 'readonly-by-alert',
    group: 'storage',
    injected: 'a loop device is remounted read-only',
    exports: filesystems,
    arrange: mountSmallDisk,
    baseline: 'node_mountpoint:filesystem_readonly:bool{node="readonly-by-alert", mountpoint="/var/lib/kubelet"} == 0',
    strike: async (node) => void (await remountReadOnly(node)),
    alert: 'NodeFilesystemReadOnly',
    diagnosis: 'fs-readonly',
  }),
  alertFault({
    name: 'memory-gone-by-alert',
    group: 'memory-and-cpu',
    injected: 'a process takes the memory of its control group',
    exports: proc('meminfo'),
    arrange: arrangeMemory,
    baseline: 'node:memory_available:bytes{node="memory-gone-by-alert"} > 200e6',
    strike: hogMemory,
    alert: 'NodeMemoryNearlyGone',
    diagnosis: 'memory-short',
    class: 'Load',
  }),
  alertFault({
    name: 'file-handles-by-alert',
    group: 'kernel',
    injected: 'file-nr says 95 of 100 possible files',
    evidence: 'Recorded',
    exports: proc('filefd'),
    arrange: (node) => writeProc(node, { 'sys/fs/file-nr': '2048\t0\t100000' }),
    baseline: 'node:file_handles_used:ratio{node="file-handles-by-alert"} < 0.1',
    strike: (node) => writeProc(node, { 'sys/fs/file-nr': '95000\t0\t100000' }),
    alert: 'NodeFileHandlesExhausted',
    diagnosis: 'fds-full',
  }),
  alertFault({
    name: 'conntrack-by-alert',
    group: 'network',
    injected: '95 of 100 connections are tracked',
    evidence: 'Recorded',
    exports: proc('conntrack'),
    arrange: (node) => writeProc(node, conntrack(1_800)),
    baseline: 'node_nf_conntrack_entries{node="conntrack-by-alert"} < 2000',
    strike: (node) => writeProc(node, conntrack(249_000)),
    alert: 'NodeConntrackFull',
    diagnosis: 'conntrack-full',
  }),
]

const conntrack = (entries: number): Readonly<Record<string, string>> => ({
  'sys/net/netfilter/nf_conntrack_count': String(entries),
  'sys/net/netfilter/nf_conntrack_max': '262144',
})
