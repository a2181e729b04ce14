import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answersOk } from '../../../control-plane/look.ts'
import { run } from '../../../process/run.ts'
import { ensureRunning, runningProcess, stopService } from '../../../process/service.ts'
import type { SickNode } from '../../../rule-pack/sick-node.ts'
import { detectorLimitSeconds, type Fault } from '../fault.ts'
import { arrangeMemory, hogMemory, procOf } from '../memory-hog.ts'
import { runtimeTools, startRuntime, stopRuntime } from '../runtime.ts'
import { fillSmallDisk, mountSmallDisk, rootOf, useUpInodes } from '../small-disk.ts'

type Of = Pick<Fault, 'name' | 'group' | 'injected' | 'diagnosis' | 'env' | 'arrange' | 'strike'> & {
  readonly config: string
  readonly condition: string
  readonly class?: Fault['class']
}

/** It really happens, and a shipped check looks at it. */
const realFault = ({ config, condition, ...fault }: Of): Fault => ({
  class: 'Fault',
  ...fault,
  evidence: 'Real',
  configs: [`plugin/${config}`],
  signal: { nodeCondition: { type: condition, status: 'True' } },
  limitSeconds: detectorLimitSeconds,
})

const onOwnRoot = (node: SickNode): Readonly<Record<string, string>> => ({ HOST_ROOT: rootOf(node) })

export const realFaults: readonly Fault[] = [
  realFault({
    name: 'disk-full',
    group: 'storage',
    injected: 'a loop device is filled',
    config: 'filesystem-space',
    env: onOwnRoot,
    arrange: mountSmallDisk,
    strike: fillSmallDisk,
    condition: 'FilesystemAlmostFull',
    diagnosis: 'disk-full',
  }),
  realFault({
    name: 'inodes-full',
    group: 'storage',
    injected: 'files are made on a loop device until none is left',
    config: 'filesystem-inodes',
    env: onOwnRoot,
    arrange: mountSmallDisk,
    strike: useUpInodes,
    condition: 'InodesAlmostFull',
    diagnosis: 'inodes-full',
  }),
  realFault({
    name: 'memory-nearly-gone',
    group: 'memory-and-cpu',
    injected: 'a process takes the memory of its control group',
    config: 'memory-nearly-exhausted',
    env: (node) => ({ PROC_ROOT: procOf(node) }),
    arrange: arrangeMemory,
    strike: hogMemory,
    condition: 'MemoryNearlyExhausted',
    diagnosis: 'memory-short',
    class: 'Load',
  }),
  realFault({
    name: 'zombies',
    group: 'kernel',
    injected: '25 processes end, and nobody waits for them',
    config: 'zombies',
    strike: makeZombies,
    condition: 'ZombieProcesses',
    diagnosis: 'zombies',
  }),
  realFault({
    name: 'kubelet-stopped',
    group: 'kubelet',
    injected: 'the process that answers for the kubelet is stopped',
    config: 'kubelet-health',
    env: kubeletTools,
    arrange: startKubelet,
    strike: ({ layout }) => stopService(layout, kubeletProcess, 0),
    condition: 'KubeletUnhealthy',
    diagnosis: 'kubelet-sick',
  }),
  realFault({
    name: 'runtime-stopped',
    group: 'kubelet',
    injected: 'containerd is stopped',
    config: 'runtime-health',
    env: runtimeTools,
    arrange: startRuntime,
    strike: stopRuntime,
    condition: 'ContainerRuntimeUnhealthy',
    diagnosis: 'runtime-sick',
  }),
  realFault({
    name: 'kubelet-certificate',
    group: 'kubelet',
    injected: 'the certificate is replaced by one for a day',
    config: 'kubelet-certificate',
    env: onOwnRoot,
    arrange: (node) => certificateFor(node, 30),
    strike: (node) => certificateFor(node, 1),
    condition: 'KubeletCertificateExpiring',
    diagnosis: 'kubelet-cert',
  }),
]

const zombieProcess = 'zombies'

/** What becomes of the shell never waits for the children that the shell had. */
async function makeZombies(node: SickNode): Promise<void> {
  node.afterwards(() => stopService(node.layout, zombieProcess, 0))
  await ensureRunning(node.layout, {
    name: zombieProcess,
    program: '/bin/sh',
    args: ['-c', 'for each in $(seq 25); do true & done; exec sleep 600'],
    ready: () => Promise.resolve(runningProcess(node.layout, zombieProcess) !== undefined),
  })
}

const kubeletProcess = 'stand-in-kubelet'

async function startKubelet(node: SickNode): Promise<void> {
  const { layout } = node
  const port = String(layout.ports.kubelet)
  node.afterwards(() => stopService(layout, kubeletProcess, 0))
  await ensureRunning(layout, {
    name: kubeletProcess,
    program: process.execPath,
    args: [fileURLToPath(import.meta.resolve('../stand-in-kubelet.ts')), port],
    ready: () => answersOk({ url: `http://127.0.0.1:${port}/healthz` }),
  })
}

/** The health-checker asks systemd since when the kubelet runs, and this machine has none. */
function kubeletTools({ layout, folder }: SickNode): Readonly<Record<string, string>> {
  const tools = join(folder, 'stand-ins')
  mkdirSync(tools, { recursive: true })
  const answer = '#!/bin/sh\necho InactiveExitTimestamp=Mon 2026-01-05 10:00:00 UTC\n'
  writeFileSync(join(tools, 'systemctl'), answer, { mode: 0o755 })
  return {
    PATH: `${tools}:${process.env['PATH'] ?? ''}`,
    HEALTH_CHECKER: join(layout.bin, 'health-checker'),
    KUBELET_PORT: String(layout.ports.kubelet),
  }
}

async function certificateFor(node: SickNode, days: number): Promise<void> {
  const folder = join(rootOf(node), 'var/lib/kubelet/pki')
  mkdirSync(folder, { recursive: true })
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    join(folder, 'key.pem'),
  ]
  const out = ['-subj', `/CN=${node.name}`, '-days', String(days), '-out', join(folder, 'kubelet-client-current.pem')]
  await run('openssl', ['req', '-x509', ...key, ...out])
}
