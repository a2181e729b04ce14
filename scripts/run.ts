import { spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

export interface Outcome {
  readonly code: number
  readonly output: string
  readonly seconds: number
}

/** Runs a program of this project to its end. `shown`: its output goes to the terminal as it comes, and is kept all the same. */
export async function run(command: readonly [string, ...string[]], { shown = false, env = {} } = {}): Promise<Outcome> {
  const startedAt = performance.now()
  const [program, ...rest] = command
  const bin = join(root, 'node_modules', '.bin')
  const child = spawn(program, rest, {
    cwd: root,
    env: { ...process.env, ...env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (target: NodeJS.WriteStream) => (chunk: Buffer) => {
    output += chunk.toString('utf8')
    if (shown) target.write(chunk)
  }
  child.stdout.on('data', keep(process.stdout))
  child.stderr.on('data', keep(process.stderr))
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit) => resolve(exit ?? 1))
  })
  return { code, output, seconds: (performance.now() - startedAt) / 1_000 }
}

/** What vitest says at its end: `Tests  3 failed | 120 passed | 2 skipped`. */
export function testCounts(output: string): { readonly passed: number; readonly failed: number } {
  // oxlint-disable-next-line no-control-regex -- colours begin with one
  const plain = output.replaceAll(/\u001b\[[0-9;]*m/g, '')
  const line = plain.split('\n').findLast((text) => /^\s*Tests\s/.test(text)) ?? ''
  const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)
  return { passed: count('passed'), failed: count('failed') }
}
