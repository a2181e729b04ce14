import { spawn } from 'node:child_process'
import type { Sabotage } from './sabotage.ts'
import { seedsMaxDefault } from './sabotage.ts'

export type Verdict =
  | { readonly kind: 'Test'; readonly test: string }
  | { readonly kind: 'Seed'; readonly seed: number; readonly violation: string }
  | { readonly kind: 'Survived'; readonly seeds: number }

/** Tests first, for they are fast and say what is wrong; the simulator for what they leave. */
export async function verdictOf(copy: string, sabotage: Sabotage): Promise<Verdict> {
  const near = [...(sabotage.tests ?? []), folderOf(sabotage.file)]
  const test = await failingTest(copy, near)
  if (test !== undefined) return { kind: 'Test', test }
  const seeds = sabotage.seedsMax ?? seedsMaxDefault
  const found = await failingSeed(copy, seeds)
  if (found !== undefined) return { kind: 'Seed', ...found }
  const far = await failingTest(copy, ['src'])
  return far === undefined ? { kind: 'Survived', seeds } : { kind: 'Test', test: far }
}

const folderOf = (file: string): string => `${file.split('/').slice(0, -1).join('/')}/`

async function failingTest(copy: string, paths: readonly string[]): Promise<string | undefined> {
  const { code, output } = await ended(copy, [
    'node_modules/.bin/vitest',
    'run',
    '--project',
    'unit',
    '--bail=1',
    ...paths,
  ])
  return code === 0 ? undefined : failingTestIn(output)
}

/** ` FAIL  |unit| src/x.test.ts > what it says`. */
export function failingTestIn(output: string): string {
  // oxlint-disable-next-line no-control-regex -- colours begin with one
  const plain = output.replaceAll(/\u001b\[[0-9;]*m/g, '')
  const [, told] = /^\s*(?:FAIL|×)\s+(?:\|?unit\|?\s+)?(src\/.+)$/m.exec(plain) ?? []
  return told?.trim() ?? 'a test that does not load'
}

async function failingSeed(
  copy: string,
  seeds: number,
): Promise<{ readonly seed: number; readonly violation: string } | undefined> {
  const { code, output } = await ended(copy, ['src/main/sim.ts', '1', String(seeds), '--workers', '1'])
  return code === 0 ? undefined : failingSeedIn(output)
}

/** `seed 7: Unsafe: I17: …`. */
export function failingSeedIn(output: string): { readonly seed: number; readonly violation: string } {
  const [, seed = '0', violation = 'does not start'] =
    /^seed (\d+): ((?:Crash|Unsafe|Stuck)(?:: [IL]\d+)?)/m.exec(output) ?? []
  return { seed: Number(seed), violation }
}

interface Ended {
  readonly code: number
  readonly output: string
}

/** A sabotaged program may hang: that is a way of being caught, too. */
const timeoutMs = 300_000

const ended = async (cwd: string, words: readonly string[]): Promise<Ended> =>
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output += chunk.toString('utf8')
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
