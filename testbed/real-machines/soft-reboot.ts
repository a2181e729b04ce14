import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RealMachine } from './real-machine.ts'

/** From now on the machine says yes to whoever asks it to reboot, and stays up: so does a kernel that hangs. Returns how it is undone. */
export function hangAtReboot({ local }: RealMachine): () => void {
  const program = join(local, 'sbin/reboot')
  const before = readFileSync(program)
  writeFileSync(program, '#!/bin/sh\nexit 0\n')
  return () => writeFileSync(program, before)
}
