import { spawn } from 'node:child_process'

/** Long enough on a machine that is busy with other things: being late must mean that there is no end. */
const timeoutMs = 900_000

export interface Ended {
  readonly code: number
  readonly output: string
  /** It was killed, for it did not end in time. */
  readonly isLate: boolean
}

/**
 * Runs Node on a file to its end, or until `limitMs` are over. Its children go with it: a sabotage may leave a worker that spins
 * for ever.
 */
export async function ended(cwd: string, words: readonly string[], limitMs = timeoutMs): Promise<Ended> {
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let output = ''
    let isLate = false
    const keep = (chunk: Buffer): void => {
      output += chunk.toString('utf8')
    }
    const kill = (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    }
    const timer = setTimeout(() => {
      isLate = true
      kill()
    }, limitMs)
    process.once('exit', kill)
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      process.off('exit', kill)
      resolve({ code: code ?? 1, output, isLate })
    })
  })
}
