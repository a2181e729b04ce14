import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JsonObject } from '../../../src/kernel/json.ts'
import { at, isObject, numberAt, textAt } from '../../../src/kernel/json.ts'

/** What a child process can be asked, by name. Answers are plain JSON. */
export type Deeds = Readonly<Record<string, (question: JsonObject) => Promise<JsonObject>>>

/** In the child: answers what the parent asks, and ends with it. */
export function answerParent(deeds: Deeds): void {
  process.on('disconnect', () => process.exit(0))
  process.on('message', (message: unknown) => void answer(deeds, message))
}

async function answer(deeds: Deeds, message: unknown): Promise<void> {
  const [id, name, question] = [numberAt(message, 'id'), textAt(message, 'name') ?? '', at(message, 'question')]
  try {
    const deed = deeds[name]
    if (deed === undefined) throw new Error(`nobody here can ${name}`)
    process.send?.({ id, told: await deed(isObject(question) ? question : {}) })
  } catch (error) {
    process.send?.({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

/** In the parent: a process of its own that answers questions. */
export class Child {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, (message: unknown) => void>()
  readonly #name: string
  #asked = 0

  /** `file`: a module URL. The flags are those of node. */
  constructor(file: string, flags: readonly string[] = []) {
    this.#name = file.split('/').at(-1) ?? file
    this.#process = fork(fileURLToPath(file), [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...flags],
    })
    this.#process.on('message', (message: unknown) => this.#waiting.get(numberAt(message, 'id') ?? -1)?.(message))
    this.#process.on('exit', () => {
      for (const tell of this.#waiting.values()) tell({ failure: 'the process has ended' })
    })
  }

  /** Rejects with what went wrong there. */
  async ask(name: string, question: JsonObject = {}): Promise<JsonObject> {
    this.#asked += 1
    const id = this.#asked
    const message = await new Promise<unknown>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#process.send({ id, name, question })
    })
    this.#waiting.delete(id)
    const [told, failure] = [at(message, 'told'), textAt(message, 'failure')]
    if (!isObject(told)) throw new Error(`${this.#name}: ${name}: ${failure ?? 'no answer'}`)
    return told
  }

  end(): void {
    if (this.#process.connected) this.#process.disconnect()
  }
}
