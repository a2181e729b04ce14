import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { instant, mono } from '../../kernel/time.ts'
import { UnavailableError } from '../../ports/errors.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import { first, second } from '../loopback-certificates.fixture.ts'
import type { ClusterAccess, Credential } from './cluster-access.ts'
import { inCluster } from './find-access.ts'
import { type Loopback, listen } from './loopback.fixture.ts'
import { UndiciTransport } from './undici-transport.ts'

const get: TransportRequest = { method: 'GET', path: '/api/v1/nodes', timeoutMs: 5_000, lane: 'Request' }

let folder = ''
let passedMs = 0
const opened: { readonly close: () => Promise<unknown> }[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prunella-transport-'))
  passedMs = 0
})
afterEach(async () => {
  for (const { close } of opened.splice(0).toReversed()) await close()
  rmSync(folder, { recursive: true })
})

test('a token file is read again after a minute', async () => {
  const { transport, heard } = await knowing(() => true, { kind: 'TokenFile', path: file('token', 'one\n') })
  await transport.request(get)
  file('token', 'two\n')
  await transport.request(get)
  passedMs += 60_000
  await transport.request(get)
  expect(heard).toEqual(['Bearer one', 'Bearer one', 'Bearer two'])
})

test('a token that is refused is read again at once, and the request sent once more', async () => {
  const { transport, heard } = await knowing((token) => token === 'Bearer two', {
    kind: 'TokenFile',
    path: file('token', 'one'),
  })
  expect(await transport.request(get)).toMatchObject({ status: 401 })
  file('token', 'two')
  expect(await transport.request(get)).toMatchObject({ status: 200 })
  expect(heard).toEqual(['Bearer one', 'Bearer one', 'Bearer two'])
})

test('a token file that is gone for a moment does not end a token that is still good', async () => {
  const path = file('token', 'one')
  const { transport } = await knowing(() => true, { kind: 'TokenFile', path })
  await transport.request(get)
  rmSync(path)
  passedMs += 120_000
  expect(await transport.request(get)).toMatchObject({ status: 200 })
})

test('without any token nothing is sent', async () => {
  const { transport, heard } = await knowing(() => true, { kind: 'TokenFile', path: join(folder, 'nothing') })
  await expect(transport.request(get)).rejects.toThrow(UnavailableError)
  expect(heard).toEqual([])
})

test('an authority that was rotated is trusted after a minute, and the old one no longer', async () => {
  const server = await listen((_request, response) => response.end('{}'), first)
  opened.push(server)
  file('token', 't')
  file('namespace', 'prunella\n')
  file('ca.crt', first.certificate)
  const transport = connecting(inCluster('127.0.0.1', String(server.port), folder))
  expect(await transport.request(get)).toMatchObject({ status: 200 })

  server.rotate(second)
  file('ca.crt', second.certificate)
  await expect(transport.request(get)).rejects.toThrow(UnavailableError)
  passedMs += 60_000
  expect(await transport.request(get)).toMatchObject({ status: 200 })
})

test('a login plugin runs once for many requests, and again before its token ends', async () => {
  const { transport, heard } = await knowing(() => true, plugin({ lifeMs: 100_000 }))
  await Promise.all([transport.request(get), transport.request(get)])
  passedMs += 79_000
  await transport.request(get)
  passedMs += 2_000
  await transport.request(get)
  expect(heard).toEqual(['Bearer 1', 'Bearer 1', 'Bearer 1', 'Bearer 2'])
})

test('a login plugin runs again when its token is refused, and only once', async () => {
  const { transport, heard } = await knowing((token) => token === 'Bearer 3', plugin({}))
  expect(await transport.request(get)).toMatchObject({ status: 401 })
  expect(heard).toEqual(['Bearer 1', 'Bearer 2'])
  expect(await transport.request(get)).toMatchObject({ status: 200 })
})

test('a login plugin is told what kubectl would tell it', async () => {
  const { transport } = await knowing(() => true, plugin({}))
  await transport.request(get)
  expect(JSON.parse(readFileSync(join(folder, 'asked'), 'utf8'))).toMatchObject({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive: false, cluster: { server: transport.server } },
  })
})

test('a login plugin that fails is told of by its last words, and what it was called with stays secret', async () => {
  const script = `console.error('some trace'); console.error('token \\u001b[31mexpired'); process.exit(3)`
  const failing = { ...plugin({}), args: ['-e', script, '--', '--client-secret=hunter2'] }
  const { transport } = await knowing(() => true, failing)
  const told = messagesOf(await transport.request(get).catch((error: unknown) => error))
  expect(told).not.toContain('hunter2')
  expect(told).toContain(String.raw`it ended with 3: token \u001b[31mexpired`)
})

test.each([
  [
    'that is not there',
    { command: '/nowhere/login', installHint: 'install it by apt' },
    /running the login plugin \/nowhere\/login \(install it by apt\)/,
  ],
  ['that says nothing', { command: '/bin/true', args: [] }, /running the login plugin \/bin\/true/],
])('a login plugin %s is named, and nothing is sent', async (_name, differs, message) => {
  const { transport, heard } = await knowing(() => true, { ...plugin({}), ...differs })
  await expect(transport.request(get)).rejects.toThrow(UnavailableError)
  await expect(transport.request(get)).rejects.toThrow(message)
  expect(heard).toEqual([])
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** Counts its own runs, and hands out the number as a token. */
function plugin({ lifeMs }: { readonly lifeMs?: number }): Credential & { readonly kind: 'Exec' } {
  const script = `
    const fs = require('node:fs')
    const [folder, lifeMs] = process.argv.slice(-2)
    const count = fs.existsSync(folder + '/count') ? Number(fs.readFileSync(folder + '/count', 'utf8')) + 1 : 1
    fs.writeFileSync(folder + '/count', String(count))
    fs.writeFileSync(folder + '/asked', process.env.KUBERNETES_EXEC_INFO)
    const expirationTimestamp = lifeMs === '' ? undefined : new Date(${startedAt} + Number(lifeMs)).toISOString()
    const status = { token: String(count), expirationTimestamp }
    console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }))
  `
  return {
    kind: 'Exec',
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script, '--', folder, lifeMs === undefined ? '' : String(lifeMs)],
    env: {},
    installHint: undefined,
    givesClusterInfo: true,
  }
}

/** The message and those of its causes: all that can reach a log. */
const messagesOf = (error: unknown): string =>
  error instanceof Error ? `${error.message}\n${messagesOf(error.cause)}` : String(error)

const startedAt = Date.parse('2026-11-21T10:00:00Z')

const clock = { now: () => instant(startedAt + passedMs), mono: () => mono(passedMs) }

/** A server that knows some tokens and no others. */
async function knowing(knows: (authorization: string) => boolean, credential: Credential) {
  const heard: string[] = []
  const listener: RequestListener = (request, response) => {
    const { authorization = '' } = request.headers
    heard.push(authorization)
    response.writeHead(knows(authorization) ? 200 : 401).end('{}')
  }
  const server: Loopback = await listen(listener)
  opened.push(server)
  const access: ClusterAccess = {
    server: `http://127.0.0.1:${server.port}`,
    tls: { authority: undefined, client: undefined, serverName: undefined, verifies: true },
    credential,
    namespace: 'default',
  }
  return { heard, transport: Object.assign(connecting(access), { server: access.server }) }
}

function connecting(access: ClusterAccess): UndiciTransport {
  const transport = new UndiciTransport({ access, clock, version: '1.2.3' })
  opened.push(transport)
  return transport
}
