import type { IncomingMessage } from 'node:http'

export type Body =
  | { readonly kind: 'Whole'; readonly text: string }
  /** Nothing of it is kept, and what still comes is thrown away. */
  | { readonly kind: 'TooLarge' }
  /** Whoever sent it is. */
  | { readonly kind: 'Gone' }

/** Never holds more than `bytesMax` of it. */
export async function readBody(message: IncomingMessage, bytesMax: number): Promise<Body> {
  const { promise, resolve } = Promise.withResolvers<Body>()
  let kept: Buffer[] = []
  let bytes = 0
  message.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= bytesMax) return kept.push(chunk)
    kept = []
    return resolve({ kind: 'TooLarge' })
  })
  message.once('end', () => resolve({ kind: 'Whole', text: Buffer.concat(kept).toString('utf8') }))
  for (const event of ['error', 'close']) message.once(event, () => resolve({ kind: 'Gone' }))
  return await promise
}
