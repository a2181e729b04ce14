import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'

const mountPoint = '/sys/fs/cgroup'

/** The group of a bed, below the root of each hierarchy. */
const groupOfBed = ({ instance }: Pick<Layout, 'instance'>): string => `prunella-${instance}`

/** The group of a machine, as its kubelet is told. */
export const groupOf = (layout: Pick<Layout, 'instance'>, name: string): string => `${groupOfBed(layout)}/${name}`

/** Version 1 has a hierarchy for each controller, version 2 has one. */
function hierarchies(): readonly string[] {
  if (existsSync(join(mountPoint, 'cgroup.controllers'))) return [mountPoint]
  if (!existsSync(mountPoint)) return []
  return readdirSync(mountPoint, { withFileTypes: true })
    .filter((entry) => entry.isDirectory()) // links are second names
    .map(({ name }) => join(mountPoint, name))
    .filter((folder) => existsSync(join(folder, 'cgroup.procs')))
}

/** Makes the groups of a machine and puts a process into them: whatever it starts belongs to the machine. */
export function enterGroups(layout: Layout, name: string, pid: number): void {
  for (const hierarchy of hierarchies()) {
    const bed = join(hierarchy, groupOfBed(layout))
    const machine = join(bed, name)
    // version 2 gives controllers only to groups without processes of their own
    const system = join(machine, 'system')
    mkdirSync(system, { recursive: true })
    for (const [parent, group] of [
      [hierarchy, bed],
      [bed, machine],
      [machine, system],
    ] as const)
      inherit(parent, group)
    writeFileSync(join(system, 'cgroup.procs'), String(pid))
  }
}

/** Back to the root of each hierarchy, so that the groups can be removed. */
export function leaveGroups(pid: number): void {
  for (const hierarchy of hierarchies()) writeFileSync(join(hierarchy, 'cgroup.procs'), String(pid))
}

function inherit(parent: string, group: string): void {
  // version 1: a new group may use no processor and no memory until it is told which
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const path = join(group, file)
    if (
      existsSync(join(parent, 'cgroup.clone_children')) &&
      existsSync(path) &&
      readFileSync(path, 'utf8').trim() === ''
    ) {
      writeFileSync(path, readFileSync(join(parent, file)))
    }
  }
  const controllers = join(parent, 'cgroup.controllers')
  if (!existsSync(controllers)) return
  const names = readFileSync(controllers, 'utf8')
    .trim()
    .split(' ')
    .filter((name) => name !== '')
  if (names.length > 0) writeFileSync(join(parent, 'cgroup.subtree_control'), names.map((name) => `+${name}`).join(' '))
}

/** Every process in the groups of a machine, or of all machines of the bed. */
export function processesIn(layout: Layout, name = ''): readonly number[] {
  const pids = groupsBelow(layout, name).flatMap((group) => linesOf(join(group, 'cgroup.procs')).map(Number))
  return [...new Set(pids)]
}

/** Kills every process of a machine, or of all machines of the bed. They are gone a moment later. */
export function endProcesses(layout: Layout, name = ''): void {
  for (const pid of processesIn(layout, name)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // gone by itself
    }
  }
}

/** Throws while a process is left in one of them. Innermost first. */
export function removeGroups(layout: Layout, name = ''): void {
  for (const group of groupsBelow(layout, name)) rmdirSync(group)
}

/** Folders of the groups, those within others first. */
export const groupsBelow = (layout: Pick<Layout, 'instance'>, name = ''): readonly string[] =>
  hierarchies().flatMap((hierarchy) => below(join(hierarchy, groupOfBed(layout), name)))

function below(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  const inner = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [...inner.flatMap(({ name }) => below(join(folder, name))), folder]
}

/** A group may be removed by its kubelet between two looks. */
function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}
