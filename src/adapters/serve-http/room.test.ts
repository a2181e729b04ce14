import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { roomIn } from './room.ts'

/** Fills the way to a client that does not read, and hands over the response. */
async function withFullResponse(use: (response: ServerResponse, read: () => void) => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>()
  const server = createServer((_, response) => {
    for (let piece = 0; piece < 30; piece += 1) response.write('x'.repeat(1_000_000))
    resolve(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const socket = connect(port, '127.0.0.1').pause()
  socket.on('error', () => {})
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await use(await promise, () => socket.resume())
  socket.destroy()
  server.closeAllConnections()
  server.close()
}

test('there is room when the client has read', () =>
  withFullResponse(async (response, read) => {
    const waiting = roomIn(response)
    read()
    expect(await waiting).toBe(true)
  }))

test('a client that reads nothing is dropped', () =>
  withFullResponse(async (response) => {
    expect(await roomIn(response, 50)).toBe(false)
    expect(response.destroyed).toBe(true)
    expect(await roomIn(response)).toBe(false)
  }))
