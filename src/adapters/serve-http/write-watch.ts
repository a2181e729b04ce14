import type { ServerResponse } from 'node:http'
import { isObject } from '../../kernel/json.ts'
import { pieceCharsMax } from './json-pieces.ts'
import { jsonText } from './json-text.ts'
import { roomIn } from './room.ts'

/**
 * Writes watch events as lines of JSON. Many events at once share a write; one alone goes out at once. Events are pulled no
 * faster than the client reads. Returns when the events end or the client goes away.
 */
export async function writeWatch(response: ServerResponse, events: AsyncIterable<unknown>): Promise<void> {
  const lines = new LineBuffer(response)
  for await (const event of events) {
    if (!(await lines.add(lineOf(event)))) return
  }
  lines.flush()
}

/** The object of an event is shared by all watches, the event around it is not. */
function lineOf(event: unknown): string {
  if (!isObject(event) || typeof event['type'] !== 'string') return `${JSON.stringify(event)}\n`
  return `{"type":${JSON.stringify(event['type'])},"object":${jsonText(event['object'])}}\n`
}

class LineBuffer {
  readonly #response: ServerResponse
  #pending = ''
  #isFlushDue = false

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /** False: the client is gone. */
  async add(line: string): Promise<boolean> {
    this.#pending += line
    if (this.#pending.length < pieceCharsMax && !this.#response.writableNeedDrain) {
      this.#flushSoon()
      return !this.#response.destroyed
    }
    return this.flush() || (await roomIn(this.#response))
  }

  /** Whether the client can take more at once. */
  flush(): boolean {
    const text = this.#pending
    this.#pending = ''
    if (text === '' || this.#response.destroyed) return true
    return this.#response.write(text)
  }

  /** When no more events are at hand: callbacks of this kind run after all promises that can go on have gone on. */
  #flushSoon(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    setImmediate(() => {
      this.#isFlushDue = false
      this.flush()
    })
  }
}
