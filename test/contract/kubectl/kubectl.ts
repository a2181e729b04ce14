import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Kubectl {
  /** One command; `input` is its standard input. Cases may run side by side. */
  readonly run: (words: readonly string[], input?: unknown) => Promise<Outcome>
  readonly close: () => void
}

/** The kubectl that the test bed builds: others say the same in other words. Undefined: it was not built yet. */
export function findKubectl(): string | undefined {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const path = join(cache, 'prunella', 'bin', 'kubectl')
  return existsSync(path) ? path : undefined
}

/** kubectl with a home of its own: no configuration and no discovery cache of the person who runs the tests. */
export function kubectlFor(program: string, kubeconfig: string): Kubectl {
  const home = mkdtempSync(join(tmpdir(), 'prunella-kubectl-'))
  const config = join(home, 'kubeconfig')
  writeFileSync(config, kubeconfig, { mode: 0o600 })
  const env = { HOME: home, KUBECONFIG: config, PATH: process.env['PATH'] ?? '' }
  return {
    close: () => rmSync(home, { recursive: true, force: true }),
    run: (words, input) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, words, { env, cwd: home, stdio: ['pipe', 'pipe', 'pipe'], timeout: 25_000 })
        let [out, err] = ['', '']
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
        child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
        child.on('error', reject)
        child.on('close', (code) => resolve({ code: code ?? -1, out, err }))
        child.stdin.end(input === undefined ? '' : JSON.stringify(input))
      }),
  }
}
