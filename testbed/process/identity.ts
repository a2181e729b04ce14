import { readFileSync } from 'node:fs'

/** One process for ever: the number alone may be given to another process once this one has ended. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot at which the process began. */
  readonly startTicks: number
}

/** Undefined: there is no such process, or it has ended and only waits for its parent. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined
  }
}

export const isAlive = (identity: ProcessIdentity): boolean =>
  identityOf(identity.pid)?.startTicks === identity.startTicks

/** The name of the program stands in parentheses and may itself contain any character, so fields are counted from its end. */
export function parseStat(stat: string): ProcessIdentity | undefined {
  const pid = Number.parseInt(stat, 10)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  const startTicks = Number(fields[startTicksField])
  const ended = state === 'Z' || state === 'X'
  return ended || Number.isNaN(pid) || Number.isNaN(startTicks) ? undefined : { pid, startTicks }
}

/** The 22nd field of the whole line; number, name and two more stand before what is counted here. */
const startTicksField = 19
