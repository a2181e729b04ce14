import { textWithout, type Unread } from './unread.ts'

/** One pod of an unreasonable size has some 2 MB; what is longer is no event but a mistake, and would fill the memory. */
const defaultLineBytesMax = 16 * 1024 * 1024

const newline = 10

interface JsonLinesOptions {
  readonly unread?: Unread
  readonly lineBytesMax?: number
}

/**
 * One JSON value per line, as the API server writes its watches. A line that is no JSON becomes undefined, for the reader to
 * notice; one that is too long likewise, and is the last.
 */
export async function* jsonLines(
  chunks: AsyncIterable<Buffer>,
  { unread = [], lineBytesMax = defaultLineBytesMax }: JsonLinesOptions = {},
): AsyncGenerator<unknown, void> {
  let begun: Buffer[] = []
  let begunBytes = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      const line = lineOf(begun, chunk, { from, end })
      if (begun.length > 0) [begun, begunBytes] = [[], 0]
      from = end + 1
      if (line.length > 0) yield parsedOrUndefined(textWithout(line, unread))
    }
    if (from === chunk.length) continue
    begun.push(chunk.subarray(from))
    begunBytes += chunk.length - from
    if (begunBytes > lineBytesMax) {
      yield undefined
      return
    }
  }
  if (begun.length > 0) yield parsedOrUndefined(textWithout(Buffer.concat(begun), unread))
}

/** Most lines lie within one chunk and are read where they are. */
const lineOf = (
  begun: readonly Buffer[],
  chunk: Buffer,
  { from, end }: { readonly from: number; readonly end: number },
): Buffer => (begun.length === 0 ? chunk.subarray(from, end) : Buffer.concat([...begun, chunk.subarray(from, end)]))

export function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
