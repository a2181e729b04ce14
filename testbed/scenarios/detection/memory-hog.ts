import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureRunning, runningProcess, stopService } from '../../process/service.ts'
import type { SickNode } from '../../rule-pack/sick-node.ts'
import { wait } from '../../wait.ts'

/** A node as small as its control group. `/proc/meminfo` is that of the group, as lxcfs shows it to containers. */
const nodeBytes = 512 * 2 ** 20
/** Leaves less than the 100 MiB at which the rules begin. */
const hogBytes = 460 * 2 ** 20

interface ControlGroup {
  readonly folder: string
  readonly limit: string
  readonly usage: string
}

/** Both versions of control groups are in use, and each has names of its own. */
function groupOf({ layout, name }: SickNode): ControlGroup {
  const own = `prunella-bed-${layout.instance}-${name}`
  const first = '/sys/fs/cgroup/memory'
  return existsSync(first)
    ? { folder: join(first, own), limit: 'memory.limit_in_bytes', usage: 'memory.usage_in_bytes' }
    : { folder: join('/sys/fs/cgroup', own), limit: 'memory.max', usage: 'memory.current' }
}

const hogProcess = 'memory-hog'

export const procOf = ({ folder }: Pick<SickNode, 'folder'>): string => join(folder, 'proc')

export function arrangeMemory(node: SickNode): void {
  const { folder, limit } = groupOf(node)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, limit), String(nodeBytes))
  mkdirSync(procOf(node), { recursive: true })
  showMemory(node)
  const ticking = setInterval(() => showMemory(node), 200)
  node.afterwards(async () => {
    clearInterval(ticking)
    await stopService(node.layout, hogProcess, 0)
    const empty = async (): Promise<true> => {
      rmdirSync(folder)
      return true
    }
    await wait('the control group to be empty', empty, { deadlineMs: 5_000 })
  })
}

/** A process in the group that takes nearly all of its memory, and keeps it. */
export async function hogMemory(node: SickNode): Promise<void> {
  const procs = join(groupOf(node).folder, 'cgroup.procs')
  const take = `const held = Buffer.alloc(${hogBytes}, 1); setInterval(() => held.at(0), 60_000)`
  await ensureRunning(node.layout, {
    name: hogProcess,
    program: '/bin/sh',
    args: ['-c', 'echo $$ >"$1"; shift; exec "$@"', 'sh', procs, process.execPath, '--eval', take],
    ready: async () => runningProcess(node.layout, hogProcess) !== undefined && usedBytes(node) >= hogBytes,
  })
}

function usedBytes(node: SickNode): number {
  const { folder, usage } = groupOf(node)
  return Number(readFileSync(join(folder, usage), 'utf8'))
}

function showMemory(node: SickNode): void {
  const available = Math.max(0, nodeBytes - usedBytes(node))
  const line = (name: string, bytes: number): string => `${name}:${String(Math.floor(bytes / 1024)).padStart(12)} kB\n`
  writeFileSync(
    join(procOf(node), 'meminfo'),
    line('MemTotal', nodeBytes) + line('MemFree', available) + line('MemAvailable', available),
  )
}
