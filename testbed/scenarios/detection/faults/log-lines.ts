import { writeKernelLine } from '../../../machines/kernel-log.ts'
import { detectorLimitSeconds, type Fault } from '../fault.ts'

type Of = Pick<Fault, 'name' | 'group' | 'injected' | 'diagnosis'> & {
  readonly config: string
  readonly lines: readonly string[]
  readonly class?: Fault['class']
} & ({ readonly condition: string } | { readonly event: string })

/** The detector reads the kernel log of the node, and the rule is the shipped one. */
function logFault({ config, lines, class: kind = 'Fault', name, group, injected, diagnosis, ...seen }: Of): Fault {
  return {
    name,
    group,
    injected,
    diagnosis,
    class: kind,
    evidence: 'Real',
    configs: [`log/${config}`],
    signal:
      'condition' in seen
        ? { nodeCondition: { type: seen.condition, status: 'True' } }
        : { nodeEvent: { reason: seen.event, count: lines.length, windowSeconds: 600 } },
    strike: (node) => {
      for (const line of lines) writeKernelLine(node, line)
    },
    limitSeconds: detectorLimitSeconds,
  }
}

const killed = (pid: number): string =>
  `Out of memory: Killed process ${pid} (java) total-vm:2097152kB, anon-rss:1048576kB, file-rss:0kB`

export const logFaults: readonly Fault[] = [
  logFault({
    name: 'kernel-deadlock',
    group: 'kernel',
    injected: 'containerd hangs, says the kernel log',
    config: 'kernel-deadlock',
    lines: ['INFO: task containerd:812 blocked for more than 120 seconds.'],
    condition: 'KernelDeadlock',
    diagnosis: 'kernel-hang',
  }),
  logFault({
    name: 'kernel-lockup',
    group: 'kernel',
    injected: 'a CPU is stuck, says the kernel log',
    config: 'kernel-lockup',
    lines: ['watchdog: BUG: soft lockup - CPU#3 stuck for 26s! [kworker/3:1:4711]'],
    condition: 'KernelLockup',
    diagnosis: 'kernel-hang',
  }),
  logFault({
    name: 'kernel-oops',
    group: 'kernel',
    injected: 'an oops in the kernel log',
    config: 'kernel-oops',
    lines: ['Oops: 0002 [#1] PREEMPT SMP NOPTI'],
    event: 'KernelOops',
    diagnosis: 'kernel-oops',
  }),
  logFault({
    name: 'netdevice-never-freed',
    group: 'kernel',
    injected: 'three lines about a device that is not freed',
    config: 'unregister-netdevice',
    lines: [1, 2, 3].map((count) => `unregister_netdevice: waiting for lo to become free. Usage count = ${count}`),
    event: 'UnregisterNetDevice',
    diagnosis: 'kernel-hang',
  }),
  logFault({
    name: 'xfs-shutdown',
    group: 'storage',
    injected: 'XFS gives up, says the kernel log',
    config: 'xfs-shutdown',
    lines: ['XFS (sdb1): Log I/O Error (0x2) detected at xlog_ioend_work+0x62/0x70.  Shutting down filesystem.'],
    condition: 'XfsShutdown',
    diagnosis: 'fs-dead',
  }),
  logFault({
    name: 'filesystem-remounted',
    group: 'storage',
    injected: 'ext4 goes read-only, says the kernel log',
    config: 'readonly-filesystem',
    lines: ['EXT4-fs (sda1): Remounting filesystem read-only'],
    condition: 'ReadonlyFilesystem',
    diagnosis: 'fs-readonly',
  }),
  logFault({
    name: 'block-io-errors',
    group: 'storage',
    injected: 'five I/O errors in the kernel log',
    config: 'block-io-errors',
    lines: [1, 2, 3, 4, 5].map((block) => `Buffer I/O error on dev sdb, logical block ${block}, async page read`),
    event: 'IOError',
    diagnosis: 'disk-failing',
  }),
  logFault({
    name: 'machine-check',
    group: 'memory-and-cpu',
    injected: 'a machine check in the kernel log',
    config: 'hardware-errors',
    lines: ['mce: [Hardware Error]: CPU 0: Machine Check Exception: 5 Bank 0: be00000000800400'],
    condition: 'MachineCheck',
    diagnosis: 'hardware-fatal',
  }),
  logFault({
    name: 'oom-kills',
    group: 'memory-and-cpu',
    injected: 'the kernel kills five processes for memory',
    config: 'node-oom',
    lines: [4711, 4712, 4713, 4714, 4715].map(killed),
    event: 'NodeOOM',
    diagnosis: 'oom-storm',
    class: 'Load',
  }),
  logFault({
    name: 'conntrack-full',
    group: 'network',
    injected: 'the kernel drops packets, says its log',
    config: 'conntrack',
    lines: ['nf_conntrack: nf_conntrack: table full, dropping packet'],
    event: 'ConntrackFull',
    diagnosis: 'conntrack-full',
  }),
  logFault({
    name: 'gpu-lost',
    group: 'gpu',
    injected: 'XID 79 in the kernel log',
    config: 'gpu-xid',
    lines: ['NVRM: Xid (PCI:0000:3b:00): 79, pid=1234, name=python3, GPU has fallen off the bus.'],
    condition: 'GPULost',
    diagnosis: 'gpu-lost',
  }),
  logFault({
    name: 'gpu-double-bit',
    group: 'gpu',
    injected: 'XID 48 in the kernel log',
    config: 'gpu-xid',
    lines: ['NVRM: Xid (PCI:0000:3b:00): 48, pid=0, An uncorrectable double bit error (DBE) has been detected'],
    condition: 'GPUFault',
    diagnosis: 'gpu-fault',
  }),
  logFault({
    name: 'gpu-rows-remapped',
    group: 'gpu',
    injected: 'XID 63 in the kernel log',
    config: 'gpu-xid',
    lines: ['NVRM: Xid (PCI:0000:3b:00): 63, pid=0, Row remapping event: Rows marked for remapping'],
    condition: 'GPUNeedsAttention',
    diagnosis: 'gpu-attention',
  }),
]
