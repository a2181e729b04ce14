import { type Ended, ended } from './ended.ts'
import { type Look, lastLine } from './look.ts'

export async function lookAtSeeds(copy: string, seeds: number): Promise<Look> {
  return seedIn(await ended(copy, ['src/main/sim.ts', '1', String(seeds), '--workers', '1']))
}

/** As the simulator ends: a crash of a replica, something unsafe, something stuck. Anything else is an accident. */
const failureCodes = [3, 4, 5]

/** `seed 7: Unsafe: I17: …`. A crash says what was thrown. */
export function seedIn({ code, output, isLate }: Ended): Look {
  if (isLate) return { kind: 'Hangs', where: 'the simulator' }
  if (code === 0) return { kind: 'Quiet' }
  const [, seed, violation] =
    /^seed (\d+): ((?:(?:Unsafe|Stuck): [IL]\d+)|Crash: .{0,80})/m.exec(output.replaceAll('\r', '')) ?? []
  if (!failureCodes.includes(code) || seed === undefined || violation === undefined) {
    return { kind: 'DoesNotRun', because: `the simulator ended with ${code}: ${lastLine(output)}` }
  }
  return { kind: 'Seed', seed: Number(seed), violation: violation.trimEnd() }
}
