import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startLoopback } from '../adapters/loopback-server.fixture.ts'
import { kubeconfigText } from '../adapters/serve-http/kubeconfig.ts'
import { prunella } from '../cli/context.fixture.ts'
import { exitCode } from '../cli/exit-code.ts'
import { operatorVerb } from './operator.ts'

test('an operator whose probes cannot be served gives up whole', async () => {
  const heard: string[] = []
  const server = await startLoopback((request, response) => {
    heard.push(request.url ?? '')
    response.writeHead(503).end()
  })
  const folder = mkdtempSync(join(tmpdir(), 'prunella-operator-'))
  onTestFinished(async () => {
    rmSync(folder, { recursive: true, force: true })
    await server.close()
  })
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigText({ server: `http://127.0.0.1:${server.port}`, name: 'test' }))
  const listening = process.listenerCount('SIGTERM')
  const words = ['--kubeconfig', kubeconfig, '--log-level', 'error', '--probe-address', `127.0.0.1:${server.port}`]
  const { code, err } = await prunella(operatorVerb, words)
  expect([code, err]).toEqual([exitCode.error, expect.stringContaining('EADDRINUSE')])
  expect(process.listenerCount('SIGTERM')).toBe(listening)
  const asked = heard.length
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(heard.length).toBe(asked)
})

test.each(['8080', 'localhost', ':http', ':0', ':70000'])(
  'a probe address %j is refused before anything begins, and what is allowed is said',
  async (address) => {
    const { code, err } = await prunella(operatorVerb, ['--kubeconfig', '/nowhere', '--probe-address', address])
    expect([code, err]).toEqual([exitCode.usage, expect.stringContaining('host:port')])
  },
)
