import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { at, isObject, type JsonObject, textAt } from '../../src/kernel/json.ts'
import type { Bed } from '../bed.ts'
import { wait } from '../wait.ts'
import { JsonStream } from './json-stream.ts'

export interface Seen {
  /** When it reached us, in milliseconds since 1970. */
  readonly at: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: JsonObject
}

/**
 * Everything that a kubectl watch has shown since it began: nothing between two looks is missed. A watch that ends is begun
 * again, for some stories take the API server away; what was deleted meanwhile is then not shown.
 */
export class ObjectWatch {
  readonly #kind: string
  readonly #begin: () => ChildProcess
  readonly #history: Seen[] = []
  #child: ChildProcess
  #stopped = false
  /** Ends in a row without an object in between. */
  #failures = 0
  #complaint = ''

  constructor({ layout, adminKubeconfig }: Bed, args: readonly string[]) {
    this.#kind = args.join(' ')
    const flags = ['--watch', '--output-watch-events', '--output=json', `--kubeconfig=${adminKubeconfig}`]
    const cache = `--cache-dir=${join(layout.run, 'kubectl-cache')}`
    this.#begin = () =>
      spawn(join(layout.bin, 'kubectl'), ['get', ...args, ...flags, cache], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = this.#watch()
  }

  #watch(): ChildProcess {
    const child = this.#begin()
    const stream = new JsonStream()
    let complaint = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.#take(stream.push(chunk)))
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk))
    child.on('error', (error) => (complaint += error.message))
    child.on('close', () => {
      this.#failures += 1
      this.#complaint = complaint.trim()
      if (!this.#stopped) setTimeout(() => this.#again(), againAfterMs)
    })
    return child
  }

  #again(): void {
    if (!this.#stopped && this.#ended === undefined) this.#child = this.#watch()
  }

  get #ended(): string | undefined {
    if (this.#failures < failuresMax) return undefined
    return `the watch of ${this.#kind} ended ${this.#failures} times: ${this.#complaint}`
  }

  get history(): readonly Seen[] {
    return this.#history
  }

  /** The newest state of each object that was not deleted. */
  current(): readonly JsonObject[] {
    const byUid = new Map<string, JsonObject>()
    for (const { type, object } of this.#history) {
      const uid = textAt(object, 'metadata', 'uid') ?? ''
      if (type === 'DELETED') byUid.delete(uid)
      else byUid.set(uid, object)
    }
    return [...byUid.values()]
  }

  /** The first thing seen that fits, be it long ago or still to come. */
  until(what: string, fits: (seen: Seen) => boolean, deadlineMs: number): Promise<Seen> {
    return wait(what, async () => this.#history.find(fits), { deadlineMs, everyMs: 20, giveUp: () => this.#ended })
  }

  stop(): void {
    this.#stopped = true
    this.#child.kill('SIGKILL')
  }

  #take(events: readonly unknown[]): void {
    for (const event of events) {
      const object = at(event, 'object')
      const type = textAt(event, 'type')
      if (!isObject(object) || (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED')) continue
      this.#failures = 0
      this.#history.push({ at: Date.now(), type, object })
    }
  }
}

const againAfterMs = 500
/** Longer than any API server is away. */
const failuresMax = 300
