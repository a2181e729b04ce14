import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { wait } from '../wait.ts'
import { identityOf, isAlive, type ProcessIdentity } from './identity.ts'
import { readPidFile, removePidFile, writePidFile } from './pid-file.ts'

/** A program of the bed that outlives the command that started it. */
export interface Service {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** True as soon as others may rely on it; a throw means not yet. */
  readonly ready: () => Promise<boolean>
  readonly readyDeadlineMs?: number
}

/** Returns how it was found: an unchanged and living process is left alone. */
export async function ensureRunning(layout: Layout, service: Service): Promise<'Started' | 'AlreadyRunning'> {
  const found = runningProcess(layout, service.name)
  const kept = found !== undefined && found.command === commandHash(service)
  if (!kept) {
    await stopService(layout, service.name)
    start(layout, service)
  }
  await wait(service.name, async () => ((await service.ready()) ? true : undefined), {
    deadlineMs: service.readyDeadlineMs ?? 60_000,
    everyMs: 50,
    giveUp: () => (runningProcess(layout, service.name) === undefined ? 'its process has ended' : undefined),
  }).catch((cause: unknown) => {
    throw new Error(`starting ${service.name}; its log ends with\n${lastLines(logPath(layout, service.name), 12)}`, {
      cause,
    })
  })
  return kept ? 'AlreadyRunning' : 'Started'
}

function start(layout: Layout, service: Service): void {
  mkdirSync(layout.logs, { recursive: true })
  const log = openSync(logPath(layout, service.name), 'a')
  const child = spawn(service.program, service.args, {
    cwd: layout.run,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...service.env },
  })
  closeSync(log)
  child.on('error', () => {}) // told by the missing pid
  child.unref()
  if (child.pid === undefined) throw new Error(`starting ${service.name}: ${service.program} cannot be run`)
  const identity = identityOf(child.pid) // undefined: it has ended already, and whoever waits for it will see that
  if (identity !== undefined)
    writePidFile(pidPath(layout, service.name), { ...identity, command: commandHash(service) })
}

export function runningProcess(
  layout: Layout,
  name: string,
): (ProcessIdentity & { readonly command: string }) | undefined {
  const record = readPidFile(pidPath(layout, name))
  return record !== undefined && isAlive(record) ? record : undefined
}

/** Asks it to end, and ends it by force after the grace. Harmless when it is not running. */
export async function stopService(layout: Layout, name: string, graceMs = 3_000): Promise<void> {
  const record = readPidFile(pidPath(layout, name))
  if (record !== undefined) await endProcess(record, graceMs)
  removePidFile(pidPath(layout, name))
}

async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  const ended = async (): Promise<true | undefined> => (isAlive(identity) ? undefined : true)
  if (!isAlive(identity)) return
  process.kill(identity.pid, 'SIGTERM')
  await wait('its end', ended, { deadlineMs: graceMs, everyMs: 20 }).catch(async () => {
    if (isAlive(identity)) process.kill(identity.pid, 'SIGKILL')
    await wait(`the end of process ${identity.pid}`, ended, { deadlineMs: 5_000, everyMs: 20 })
  })
}

/** Every name that has a pid file, whether its process lives or not. */
export const serviceNames = (layout: Layout): readonly string[] =>
  existsSync(layout.pids)
    ? readdirSync(layout.pids)
        .filter((file) => file.endsWith('.pid'))
        .map((file) => file.slice(0, -'.pid'.length))
        .toSorted()
    : []

export const logPath = (layout: Layout, name: string): string => join(layout.logs, `${name}.log`)
const pidPath = (layout: Layout, name: string): string => join(layout.pids, `${name}.pid`)

const commandHash = ({ program, args, env = {} }: Service): string =>
  createHash('sha256')
    .update(JSON.stringify([program, args, env]))
    .digest('hex')
    .slice(0, 16)

export function lastLines(path: string, count: number): string {
  if (!existsSync(path)) return '(no log)'
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
}
