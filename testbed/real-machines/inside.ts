import { readFileSync } from 'node:fs'
import type { Layout } from '../layout.ts'
import { run } from '../process/run.ts'
import { path } from './boot-script.ts'
import { processesIn } from './control-groups.ts'
import type { RealMachine } from './real-machine.ts'

/** What somebody at the console of the machine would type; rejects when it fails. */
export const runInside = (layout: Layout, machine: RealMachine, script: string): Promise<string> =>
  run(
    'nsenter',
    ['-t', String(initOf(layout, machine)), '-a', '/usr/bin/env', '-i', `PATH=${path}`, '/bin/sh', '-c', script],
    { timeoutMs: 60_000 },
  )

/** The number that the host gives to its process 1. */
function initOf(layout: Layout, { name }: RealMachine): number {
  const found = processesIn(layout, name).find((pid) => /^NSpid:\t\d+\t1$/m.test(statusOf(pid)))
  if (found === undefined) throw new Error(`${name} has no process 1: it is off`)
  return found
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return '' // gone by itself
  }
}
