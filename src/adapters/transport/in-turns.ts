import { setImmediate as nextTurn } from 'node:timers/promises'

/** A few milliseconds' worth of parsing: some fifty pods. */
const stretchBytesDefault = 256 * 1024

/**
 * The same chunks. A server that replays a large cluster sends faster than anybody reads, so that there is always one chunk more:
 * after a stretch of them the rest of the process gets its turn, and the sender waits.
 */
export async function* inTurns(
  chunks: AsyncIterable<Buffer>,
  stretchBytes: number = stretchBytesDefault,
): AsyncGenerator<Buffer, void> {
  let bytes = 0
  for await (const chunk of chunks) {
    yield chunk
    bytes += chunk.length
    if (bytes < stretchBytes) continue
    bytes = 0
    await nextTurn()
  }
}
