import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kubeconfigText } from '../adapters/serve-http/kubeconfig.ts'
import { serveHttp } from '../adapters/serve-http/serve-http.ts'
import { processIdentity } from '../adapters/system/entropy.ts'
import type { CliContext, Verb } from '../cli/context.ts'
import { type ExitCode, exitCode } from '../cli/exit-code.ts'
import { Demo } from '../sim/demo/demo.ts'

/** The same cluster every time: names and boot IDs of a transcript can be found again. */
const seed = 1

/** `prunella demo`: an embedded cluster in this process, the operator on it, and three stories in real time. */
export const demoVerb: Verb = {
  name: 'demo',
  declare: (command, run) => {
    command
      .description('play three stories on an embedded cluster of 12 nodes, in under 90 seconds')
      .action(() => run((context) => play(context)))
  },
}

async function play({ terminal, clock }: CliContext): Promise<ExitCode> {
  const over = new AbortController()
  const interrupt = (): void => over.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  const demo = new Demo({ clock, print: terminal.out, seed, identity: processIdentity(), signal: over.signal })
  const server = await serveHttp(demo.transport)
  const folder = await mkdtemp(join(tmpdir(), 'prunella-demo-'))
  try {
    const kubeconfig = join(folder, 'kubeconfig')
    await writeFile(kubeconfig, kubeconfigText({ server: server.url, name: 'prunella-demo' }), { mode: 0o600 })
    terminal.out(`Look at it from another terminal: kubectl --kubeconfig ${kubeconfig} get nodes,nr,nh`)
    const isGood = await demo.play()
    if (over.signal.aborted) return exitCode.interrupted
    if (terminal.isInteractive) {
      terminal.out('')
      terminal.out(
        `The cluster stays up until Ctrl-C: kubectl --kubeconfig ${kubeconfig} drain node-3 --ignore-daemonsets`,
      )
      await aborted(over.signal)
    }
    return isGood ? exitCode.done : exitCode.unsuccessful
  } finally {
    over.abort()
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
}
