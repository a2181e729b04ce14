import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ProcessIdentity } from './identity.ts'

/** What a bed remembers of a process that it started. */
export interface PidRecord extends ProcessIdentity {
  /** Hash of the command line: a process with another one is replaced rather than kept. */
  readonly command: string
}

export function readPidFile(path: string): PidRecord | undefined {
  try {
    return parsePidRecord(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

export function writePidFile(path: string, record: PidRecord): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, renderPidRecord(record))
}

export const removePidFile = (path: string): void => rmSync(path, { force: true })

export const renderPidRecord = ({ pid, startTicks, command }: PidRecord): string => `${pid} ${startTicks} ${command}\n`

/** A file cut short by a crash names no process. */
export function parsePidRecord(text: string): PidRecord | undefined {
  const match = /^(\d+) (\d+) (\S+)\n$/.exec(text)
  return match === null ? undefined : { pid: Number(match[1]), startTicks: Number(match[2]), command: match[3] ?? '' }
}
