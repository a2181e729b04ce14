import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureRunning, runningProcess, stopService } from '../../process/service.ts'
import type { SickNode } from '../../rule-pack/sick-node.ts'
import { wait } from '../../wait.ts'

/** A node as small as its control group. `/proc/meminfo` is that of the group, as lxcfs shows it to containers. */
const nodeBytes = 512 * 2 ** 20
/** Leaves less than the 100 MiB at which the rules begin. */
const hogBytes = 460 * 2 ** 20

const groupOf = ({ layout, name }: SickNode): string => `/sys/fs/cgroup/memory/prunella-bed-${layout.instance}-${name}`
const hogProcess = 'memory-hog'

export const procOf = ({ folder }: Pick<SickNode, 'folder'>): string => join(folder, 'proc')

export function arrangeMemory(node: SickNode): void {
  const group = groupOf(node)
  mkdirSync(group, { recursive: true })
  writeFileSync(join(group, 'memory.limit_in_bytes'), String(nodeBytes))
  mkdirSync(procOf(node), { recursive: true })
  showMemory(node)
  const ticking = setInterval(() => showMemory(node), 200)
  node.afterwards(async () => {
    clearInterval(ticking)
    await stopService(node.layout, hogProcess, 0)
    const empty = async (): Promise<true> => {
      rmdirSync(group)
      return true
    }
    await wait('the control group to be empty', empty, { deadlineMs: 5_000 })
  })
}

/** A process in the group that takes nearly all of its memory, and keeps it. */
export async function hogMemory(node: SickNode): Promise<void> {
  const procs = join(groupOf(node), 'cgroup.procs')
  const take = `const held = Buffer.alloc(${hogBytes}, 1); setInterval(() => held.at(0), 60_000)`
  await ensureRunning(node.layout, {
    name: hogProcess,
    program: '/bin/sh',
    args: ['-c', 'echo $$ >"$1"; shift; exec "$@"', 'sh', procs, process.execPath, '--eval', take],
    ready: async () => runningProcess(node.layout, hogProcess) !== undefined && usedBytes(node) >= hogBytes,
  })
}

const usedBytes = (node: SickNode): number => Number(readFileSync(join(groupOf(node), 'memory.usage_in_bytes'), 'utf8'))

function showMemory(node: SickNode): void {
  const available = Math.max(0, nodeBytes - usedBytes(node))
  const line = (name: string, bytes: number): string => `${name}:${String(Math.floor(bytes / 1024)).padStart(12)} kB\n`
  writeFileSync(
    join(procOf(node), 'meminfo'),
    line('MemTotal', nodeBytes) + line('MemFree', available) + line('MemAvailable', available),
  )
}
