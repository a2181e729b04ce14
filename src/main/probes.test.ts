import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { FakeLog } from '../runtime/fake-log.fixture.ts'
import { addressOf, serveProbes } from './probes.ts'

const left: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const leave of left.splice(0).toReversed()) await leave()
})

async function standing({ isSynced = (): boolean => true, metricsText = () => 'prunella_leading 1\n' } = {}) {
  const log = new FakeLog()
  const where = { host: '127.0.0.1', port: 0, requestTimeoutMs: 300 }
  const { port, close } = await serveProbes({ isSynced, metricsText, log }, where)
  left.push(close)
  const asked = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method })
    return [answer.status, await answer.text()]
  }
  return { port, log, asked }
}

/** Says `text` and then nothing more; resolves with what came before the other side hung up. */
function said(port: number, text: string): { readonly socket: Socket; readonly over: Promise<string> } {
  const socket = connect({ host: '127.0.0.1', port })
  left.push(() => void socket.destroy())
  const heard: string[] = []
  const { promise, resolve } = Promise.withResolvers<string>()
  socket.on('data', (chunk) => heard.push(String(chunk))).on('error', () => {})
  socket.on('close', () => resolve(heard.join('')))
  socket.write(text)
  return { socket, over: promise }
}

test('a process lives as soon as it answers, and is ready once every cache has been filled', async () => {
  let isSynced = false
  const { asked } = await standing({ isSynced: () => isSynced })
  expect(await asked('/livez')).toEqual([200, 'ok\n'])
  expect(await asked('/readyz')).toEqual([503, 'caches are being filled\n'])
  isSynced = true
  expect(await asked('/readyz')).toEqual([200, 'ok\n'])
  expect(await asked('/metrics')).toEqual([200, 'prunella_leading 1\n'])
  expect((await asked('/healthz'))[0]).toBe(404)
  expect((await asked('/livez', 'POST'))[0]).toBe(405)
})

test('whoever does not finish a request is put out', async () => {
  const { port } = await standing()
  const slow = [
    said(port, 'GET /livez HTTP/1.1\r\n'),
    said(port, 'POST /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{'),
  ]
  const heard = await Promise.all(slow.map(({ over }) => over))
  expect(heard).toEqual([expect.stringContaining('408'), expect.stringContaining('405')])
})

test('nobody keeps the kubelet out by leaving connections open', async () => {
  const { port, asked } = await standing()
  const idle = Array.from({ length: 64 }, () => said(port, 'GET /livez HTTP/1.1\r\nhost: x\r\n\r\n'))
  await Promise.all(idle.map(async ({ socket }) => await once(socket, 'data')))
  // One is hung up on, for there are as many as may be, and the idle ones make room for the next.
  const [refused, ...next] = [await attempt(asked), await attempt(asked), await attempt(asked)]
  expect(refused).toBe('hung up')
  expect(next).toContainEqual([200, 'ok\n'])
})

const attempt = async (asked: (path: string) => Promise<unknown>): Promise<unknown> =>
  await asked('/livez').catch(() => 'hung up')

test('a number that cannot be told costs its own scrape alone', async () => {
  const { asked, log } = await standing({
    metricsText: () => {
      throw new TypeError('a defect')
    },
  })
  await expect(asked('/metrics')).rejects.toThrow('fetch failed')
  expect(log.lines).toMatchObject([{ level: 'error' }])
  expect(await asked('/livez')).toEqual([200, 'ok\n'])
})

test.each([
  [':8080', { host: '0.0.0.0', port: 8080 }],
  ['127.0.0.1:9000', { host: '127.0.0.1', port: 9000 }],
  ['localhost:9000', { host: 'localhost', port: 9000 }],
  ['[::1]:9000', { host: '::1', port: 9000 }],
  ['[::]:65535', { host: '::', port: 65_535 }],
])('%s is an address', (text, address) => {
  expect(addressOf(text)).toEqual(address)
})

test.each([
  '8080',
  'localhost',
  'localhost:',
  ':http',
  ':0',
  ':65536',
  ':80.5',
  ':+80',
  ': 80',
  '::1:80',
  '[::1]',
  'a b:80',
  'http://x:80',
  '[x]:80',
])('%j is none', (text) => {
  expect(addressOf(text)).toBeUndefined()
})
