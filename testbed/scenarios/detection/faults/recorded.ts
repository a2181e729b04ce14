import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packFolder } from '../../../rule-pack/shipped.ts'
import type { SickNode } from '../../../rule-pack/sick-node.ts'
import { detectorLimitSeconds, type Fault } from '../fault.ts'

type Of = Pick<Fault, 'name' | 'group' | 'injected' | 'diagnosis'> & {
  readonly config: string
  readonly condition: string
  /** Folder of the rule pack in which machines were recorded, and which of them. */
  readonly recorded: string
  readonly healthy?: string
  readonly sick?: string
  readonly class?: Fault['class']
}

/** Hardware and tools that the machine of the bed lacks: the checks look at a machine that was recorded, healthy first, then sick. */
function recordedFault({ config, condition, recorded, healthy = 'ok', sick = 'bad', ...fault }: Of): Fault {
  return {
    class: 'Fault',
    ...fault,
    evidence: 'Recorded',
    configs: [`plugin/${config}`],
    signal: { nodeCondition: { type: condition, status: 'True' } },
    env: recordedMachine,
    arrange: (node) => {
      copy(node, recorded, { machine: healthy, as: 'healthy' })
      copy(node, recorded, { machine: sick, as: 'sick' })
      show(node, 'healthy')
    },
    strike: (node) => show(node, 'sick'),
    limitSeconds: detectorLimitSeconds,
  }
}

type Shown = 'healthy' | 'sick'

function copy(
  { folder, layout }: SickNode,
  check: string,
  { machine, as }: { readonly machine: string; readonly as: Shown },
): void {
  cpSync(join(packFolder(layout), 'recorded', check, machine), join(folder, as), { recursive: true })
  // git keeps no modes, and a check does not believe a state that others could have written
  mkdirSync(join(folder, as, 'state'), { recursive: true })
  chmodSync(join(folder, as, 'state'), 0o700)
}

const machineOf = ({ folder }: SickNode): string => join(folder, 'machine')

/** All of it at once: a check that finds one half of each would be right to call that unknown. */
function show(node: SickNode, shown: Shown): void {
  const next = `${machineOf(node)}.new`
  symlinkSync(shown, next)
  renameSync(next, machineOf(node))
}

function recordedMachine(node: SickNode): Readonly<Record<string, string>> {
  const below = (name: string): string => join(machineOf(node), name)
  const tools = existsSync(below('tools')) ? readdirSync(below('tools')) : []
  const named = [...new Set(tools.map((file) => file.replace(/\..*$/, '')))]
  return {
    PROC_ROOT: below('proc'),
    SYS_ROOT: below('sys'),
    HOST_ROOT: below('host'),
    STATE_DIR: below('state'),
    ...Object.fromEntries(named.map((tool) => [tool.toUpperCase(), standIn(node, tool)])),
  }
}

/** Says what the tool said: one answer for all questions, or one for each last argument. */
function standIn(node: SickNode, tool: string): string {
  const folder = join(node.folder, 'stand-ins')
  const path = join(folder, tool)
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    path,
    `#!/bin/sh
answer='${join(machineOf(node), 'tools', tool)}'
for last; do :; done
[ ! -d "$answer" ] || answer=$answer/\${last##*/}
[ -f "$answer" ] || answer=$answer.txt
cat "$answer"
`,
    { mode: 0o755 },
  )
  return path
}

export const recordedFaults: readonly Fault[] = [
  recordedFault({
    name: 'bad-sectors',
    group: 'storage',
    injected: 'smartctl counts 12 reallocated sectors',
    config: 'disk-reallocated-sectors',
    recorded: 'disk-smart',
    condition: 'DiskReallocatedSectors',
    diagnosis: 'disk-failing',
  }),
  recordedFault({
    name: 'media-errors',
    group: 'storage',
    injected: 'smartctl tells of pending sectors',
    config: 'disk-media-errors',
    recorded: 'disk-smart',
    healthy: 'ok-media',
    sick: 'bad-pending',
    condition: 'DiskMediaErrors',
    diagnosis: 'disk-failing',
  }),
  recordedFault({
    name: 'ecc-uncorrected',
    group: 'memory-and-cpu',
    injected: 'EDAC counts 2 errors that were not corrected',
    config: 'memory-errors-uncorrected',
    recorded: 'edac',
    condition: 'MemoryErrorsUncorrected',
    diagnosis: 'hardware-fatal',
  }),
  recordedFault({
    name: 'ecc-corrected',
    group: 'memory-and-cpu',
    injected: 'EDAC counts 101 corrected errors in a day',
    config: 'memory-errors-corrected',
    recorded: 'edac',
    healthy: 'ok-corrected',
    sick: 'bad-corrected',
    condition: 'MemoryErrorsCorrected',
    diagnosis: 'memory-decaying',
  }),
  recordedFault({
    name: 'cpu-hot',
    group: 'memory-and-cpu',
    injected: 'the sensor of the CPU says 93 degrees',
    config: 'cpu-temperature',
    recorded: 'cpu-temperature',
    condition: 'CPUOverheated',
    diagnosis: 'cpu-hot',
  }),
  recordedFault({
    name: 'pids-full',
    group: 'kernel',
    injected: '30,100 of 32,768 tasks exist',
    config: 'pids',
    recorded: 'pids',
    condition: 'PIDsExhausted',
    diagnosis: 'pids-full',
  }),
  recordedFault({
    name: 'clock-skew',
    group: 'kernel',
    injected: 'chrony says that the clock is off by 731 ms',
    config: 'clock-offset',
    recorded: 'clock',
    condition: 'ClockSkewed',
    diagnosis: 'clock-skew',
  }),
  recordedFault({
    name: 'nic-errors',
    group: 'network',
    injected: 'eth0 counts 13 receive errors a second',
    config: 'nic-errors',
    recorded: 'nic-errors',
    condition: 'NetworkReceiveErrors',
    diagnosis: 'nic-errors',
  }),
  recordedFault({
    name: 'packet-loss',
    group: 'network',
    injected: 'an interface drops more than 5 of 100 packets',
    config: 'packet-loss',
    recorded: 'packet-loss',
    condition: 'NetworkPacketLoss',
    diagnosis: 'network-loss',
  }),
  recordedFault({
    name: 'tcp-retransmits',
    group: 'network',
    injected: '8.3 of 100 TCP segments go out again',
    config: 'tcp-retransmits',
    recorded: 'tcp-retransmits',
    condition: 'TCPRetransmits',
    diagnosis: 'tcp-retransmits',
  }),
  recordedFault({
    name: 'no-default-route',
    group: 'network',
    injected: 'the table of routes loses its default',
    config: 'network-route',
    recorded: 'network-route',
    condition: 'NoDefaultRoute',
    diagnosis: 'network-down',
  }),
  recordedFault({
    name: 'kubelet-restarts',
    group: 'kubelet',
    injected: 'the journal tells of 5 starts in 20 minutes',
    config: 'kubelet-restarts',
    recorded: 'unit-restarts',
    condition: 'FrequentKubeletRestart',
    diagnosis: 'kubelet-sick',
  }),
  recordedFault({
    name: 'memory-leak',
    group: 'memory-and-cpu',
    injected: 'java was killed for memory 3 times in an hour',
    config: 'memory-leak',
    recorded: 'memory-leak',
    condition: 'MemoryLeak',
    diagnosis: 'memory-leak',
    class: 'Load',
  }),
]
