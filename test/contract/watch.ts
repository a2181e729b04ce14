import type { IncomingMessage } from 'node:http'
import { isObject, textAt } from '../../src/kernel/json.ts'

export interface WatchEvent {
  readonly type: string
  readonly object: unknown
}

/** One open watch. Every wait has an end, so that a missing event fails its case and not the suite. */
export class Watch {
  readonly status: number
  readonly #response: IncomingMessage
  readonly #waiting: WatchEvent[] = []
  #ended = false
  #wake: () => void = () => {}
  #rest = ''

  constructor(response: IncomingMessage) {
    this.status = response.statusCode ?? 0
    this.#response = response
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => this.#read(chunk))
    response.on('end', () => this.#read('\n'))
    response.on('close', () => this.#end())
    response.on('error', () => this.#end())
  }

  /** The next event, or undefined when the server has ended the stream or was silent for `withinMs`. */
  async next(withinMs = 10_000): Promise<WatchEvent | undefined> {
    if (this.#waiting.length === 0 && !this.#ended) await this.#change(withinMs)
    return this.#waiting.shift()
  }

  /** `count` events, as `TYPE name`: what most cases want to see. Shorter when the server sends fewer. */
  async take(count: number, withinMs = 10_000): Promise<readonly string[]> {
    const seen: string[] = []
    while (seen.length < count) {
      const event = await this.next(withinMs)
      if (event === undefined) break
      seen.push(`${event.type} ${textAt(event.object, 'metadata', 'name') ?? ''}`.trim())
    }
    return seen
  }

  /** Whether the server ends the stream by itself within the time; events that come before are dropped. */
  async ends(withinMs: number): Promise<boolean> {
    const until = Date.now() + withinMs
    while (!this.#ended && Date.now() < until) await this.#change(until - Date.now())
    return this.#ended
  }

  close(): void {
    this.#response.destroy()
  }

  async #change(withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #read(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') this.#waiting.push(eventOf(line))
    this.#wake()
  }

  #end(): void {
    this.#ended = true
    this.#wake()
  }
}

/** An HTTP error answers with a bare Status instead of an event; it is told as one of type `Status`. */
function eventOf(line: string): WatchEvent {
  const parsed: unknown = JSON.parse(line)
  const type = textAt(parsed, 'type')
  return type === undefined || !isObject(parsed)
    ? { type: 'Status', object: parsed }
    : { type, object: parsed['object'] }
}
