import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { HttpAnswer, HttpDoor } from '../../ports/http-door.ts'
import { first, second } from '../loopback-certificates.fixture.ts'
import { type ServeDoorOptions, type ServedDoor, serveDoor } from './serve-door.ts'

const said = (status: number): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body: `${status}\n`,
})
const quiet = { info: () => {}, warn: () => {}, error: () => {} }

const left: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const leave of left.splice(0)) await leave()
})

async function standing(options: Partial<ServeDoorOptions> = {}, door: Partial<HttpDoor> = {}) {
  const bodies: string[] = []
  const whole: HttpDoor = {
    bodyBytesMax: 1_000,
    admit: ({ headers }) => (headers['authorization'] === undefined ? said(401) : undefined),
    answer: (body) => {
      bodies.push(body)
      return said(200)
    },
    tooLarge: () => said(413),
    ...door,
  }
  const served: ServedDoor = await serveDoor(whole, { host: '127.0.0.1', port: 0, ...options }, quiet)
  left.push(served.close)
  return { port: served.port, bodies }
}

const authorization = 'Bearer x'

interface Asked {
  readonly port: number
  readonly headers?: Record<string, string>
  readonly body?: readonly string[]
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string }
}

async function status({ port, headers = { authorization }, body = ['{}'], tls }: Asked): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const options = { host: '127.0.0.1', port, method: 'POST', headers, agent: false, ...tls }
  const request = (tls === undefined ? httpRequest : tlsRequest)(options, (response) => {
    response.resume().once('end', () => resolve(response.statusCode))
  })
  request.once('error', reject)
  for (const part of body) request.write(part)
  request.end()
  return await promise
}

test('a body comes in whole, in however many pieces', async () => {
  const { port, bodies } = await standing()
  expect(await status({ port, body: ['{"a":', '"ä"}'] })).toBe(200)
  expect(bodies).toEqual(['{"a":"ä"}'])
})

test('who is refused is answered without a look at the body', async () => {
  const { port, bodies } = await standing()
  expect(await status({ port, headers: {} })).toBe(401)
  expect(bodies).toEqual([])
})

test('50 MB that nobody announced are cut off at the limit', async () => {
  const { port, bodies } = await standing()
  const megabyte = 'x'.repeat(1_000_000)
  expect(await status({ port, body: Array.from({ length: 50 }, () => megabyte) })).toBe(413)
  expect(bodies).toEqual([])
  expect(await status({ port })).toBe(200)
})

test('who asks first whether the body is welcome is told before it is sent', async () => {
  const { port, bodies } = await standing()
  const heard = async (head: string, ...then: readonly string[]): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>()
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(head))
    socket.on('data', (chunk) => {
      text += String(chunk)
      if (text.includes('100 Continue')) for (const part of then) socket.write(part)
    })
    socket.once('close', () => resolve(text))
    setTimeout(() => socket.destroy(), 200)
    return await promise
  }
  const head = 'POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n'
  expect(await heard(`${head}\r\n`)).toMatch(/^HTTP\/1\.1 401 /)
  expect(await heard(`${head}authorization: x\r\n\r\n`, '{}')).toMatch(
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /,
  )
  expect(bodies).toEqual(['{}'])
})

test('a request that never ends is ended', async () => {
  const { port, bodies } = await standing({ requestTimeoutMs: 50 })
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('POST / HTTP/1.1\r\nhost: x\r\nauthorization: x\r\ncontent-length: 9\r\n\r\n{'),
  )
  socket.resume().once('close', () => resolve())
  await promise
  expect(bodies).toEqual([])
})

test('a door that breaks its promise costs its own request alone', async () => {
  const broken = (body: string): HttpAnswer => {
    if (body === '!') throw new Error('broken')
    return said(200)
  }
  const { port } = await standing({}, { answer: broken })
  await expect(status({ port, body: ['!'] })).rejects.toThrow()
  expect(await status({ port })).toBe(200)
})

function pems() {
  const directory = mkdtempSync(join(tmpdir(), 'door-'))
  left.push(() => rmSync(directory, { recursive: true }))
  const [certFile, keyFile, clientCAFile] = [
    join(directory, 'tls.crt'),
    join(directory, 'tls.key'),
    join(directory, 'ca.crt'),
  ]
  const put = ({ certificate, key }: typeof first): void => {
    writeFileSync(certFile, certificate)
    writeFileSync(keyFile, key)
  }
  put(first)
  writeFileSync(clientCAFile, second.certificate)
  return { certFile, keyFile, clientCAFile, put }
}

test('with an authority for clients, who has no certificate of it does not get in', async () => {
  const { certFile, keyFile, clientCAFile } = pems()
  const { port, bodies } = await standing({ tls: { certFile, keyFile, clientCAFile } })
  const ca = first.certificate
  await expect(status({ port, tls: { ca } })).rejects.toThrow()
  await expect(status({ port, tls: { ca, cert: first.certificate, key: first.key } })).rejects.toThrow()
  expect(bodies).toEqual([])
  expect(await status({ port, tls: { ca, cert: second.certificate, key: second.key } })).toBe(200)
})

test('who connects and never shakes hands is put out, and so is who says nothing at all', async () => {
  const { certFile, keyFile } = pems()
  const endOf = async (options: Partial<ServeDoorOptions>): Promise<string> => {
    const { port } = await standing({ requestTimeoutMs: 50, ...options })
    const { promise, resolve } = Promise.withResolvers<string>()
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .resume()
      .once('close', () => resolve('closed'))
    return await promise
  }
  expect(await endOf({})).toBe('closed')
  expect(await endOf({ tls: { certFile, keyFile } })).toBe('closed')
})

test('nobody who hangs in a handshake keeps the door from being closed', async () => {
  const { certFile, keyFile } = pems()
  const door: HttpDoor = { bodyBytesMax: 1, admit: () => said(404), answer: () => said(200), tooLarge: () => said(413) }
  const served = await serveDoor(door, { host: '127.0.0.1', port: 0, tls: { certFile, keyFile } }, quiet)
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = connect(served.port, '127.0.0.1', resolve).on('error', () => {})
  left.push(() => void socket.destroy())
  await promise
  const began = performance.now()
  await served.close()
  expect(performance.now() - began).toBeLessThan(2_000)
})

test('an answer may end its connection: the next request is to reach somebody else', async () => {
  const elsewhere = { ...said(503), headers: { connection: 'close' } }
  const { port } = await standing({}, { answer: () => elsewhere })
  const { promise, resolve } = Promise.withResolvers<string>()
  let text = ''
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('POST / HTTP/1.1\r\nhost: x\r\nauthorization: x\r\ncontent-length: 2\r\n\r\n{}'),
  )
  socket.on('data', (chunk) => (text += String(chunk))).once('close', () => resolve(text))
  expect(await promise).toMatch(/^HTTP\/1\.1 503 [^]*\r\nconnection: close\r\n/i)
})

test('a certificate that is renewed is served without a restart; one that is broken is not', async () => {
  const { certFile, keyFile, put } = pems()
  const { port } = await standing({ tls: { certFile, keyFile }, tlsReadEveryMs: 5 })
  expect(await status({ port, tls: { ca: first.certificate } })).toBe(200)
  writeFileSync(certFile, 'half a file')
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(await status({ port, tls: { ca: first.certificate } })).toBe(200)
  put(second)
  await expect
    .poll(async () => await status({ port, tls: { ca: second.certificate } }).catch(() => 'refused'))
    .toBe(200)
})

test('files that are not there are told at once', async () => {
  await expect(standing({ tls: { certFile: '/nowhere/tls.crt', keyFile: '/nowhere/tls.key' } })).rejects.toThrow(
    'ENOENT',
  )
})
