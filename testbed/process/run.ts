import { spawn } from 'node:child_process'

export interface RunOptions {
  readonly stdin?: string | undefined
  readonly timeoutMs?: number | undefined
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
}

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A program that did not end well: with another exit code than 0, by a signal, or because its time was up. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly outcome: Outcome

  constructor(command: string, outcome: Outcome) {
    super(
      `running ${command}: exit code ${outcome.code}: ${outcome.stderr.trim() || outcome.stdout.trim() || 'no output'}`,
    )
    this.outcome = outcome
  }
}

/** The output of a program that must succeed. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await runToEnd(program, args, options)
  if (outcome.code !== 0) throw new CommandError([program, ...args.slice(0, 4)].join(' '), outcome)
  return outcome.stdout
}

/** Never rejects for the sake of an exit code; -1 stands for a program that was not found or was killed. */
export function runToEnd(program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    timeout: options.timeoutMs ?? 30_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...options.env },
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin?.on('error', () => {}) // a program that ends before it has read everything says so by its exit code
  child.stdin?.end(options.stdin)
  return new Promise((resolve) => {
    const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8')
    child.on('error', (error) => resolve({ code: -1, stdout: text(stdout), stderr: error.message }))
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? -1,
        stdout: text(stdout),
        stderr: text(stderr) + (signal === null ? '' : ` (${signal})`),
      }),
    )
  })
}
