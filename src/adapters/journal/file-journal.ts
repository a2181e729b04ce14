import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type JournalLine, redactedJson } from '../../api/journal-line.ts'
import { rfc3339, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Journal, JournalEntry, Log } from '../../ports/journal.ts'
import { prune, segmentName } from './segments.ts'

export interface FileJournalOptions {
  readonly directory: string
  /** All files together; the oldest go first. */
  readonly maxBytes: number
  /** Of this process, told in every line. */
  readonly process: string
  readonly clock: Pick<Clock, 'now' | 'mono'>
  readonly log: Pick<Log, 'warn'>
}

/** Entries that wait to be written: beyond it they are lost, and the process is not. */
const pendingMax = 2_000
/** What is handed to the disk at once. */
const batchBytes = 65_536
const tellEveryMs = seconds(10)
/** A directory holds about so many files. */
const segmentsMin = 8

/**
 * Journal entries as JSON lines in a directory. `append` takes microseconds: entries are turned into text one by one between turns
 * of the event loop, and whoever writes faster than the disk loses entries, which is said in the log and in the journal.
 */
export class FileJournal implements Journal {
  readonly #options: FileJournalOptions
  readonly #segmentBytes: number
  #pending: Stamped[] = []
  #file: Segment | undefined
  #segments = 0
  #because = 'they came faster than they could be written, or were too long'
  /** Of these neither the journal nor the log knows yet. */
  #lost = { unwritten: 0, untold: 0 }
  #toldAt = Number.NEGATIVE_INFINITY
  #draining: Promise<void> | undefined

  constructor(options: FileJournalOptions) {
    this.#options = options
    this.#segmentBytes = Math.floor(options.maxBytes / segmentsMin)
  }

  readonly append = (entry: JournalEntry): void => {
    const { clock } = this.#options
    if (this.#pending.length >= pendingMax) this.#lose(1)
    else this.#pending.push({ entry, now: clock.now(), mono: clock.mono() })
    this.#draining ??= this.#drain().finally(() => (this.#draining = undefined))
  }

  /** Resolves when everything that was appended is written or lost. */
  async flush(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining
  }

  /** The same, and the file is closed. */
  async close(): Promise<void> {
    await this.flush()
    await this.#closeFile()
    this.#tellLoss(Number.POSITIVE_INFINITY)
  }

  async #drain(): Promise<void> {
    await nextTurn()
    while (this.#pending.length > 0 || this.#lost.unwritten > 0) {
      const { text, entries, lossTold } = await this.#takeBatch()
      try {
        await this.#write(text)
      } catch (error) {
        this.#because = messageOf(error)
        this.#lost.unwritten += lossTold
        this.#lose(entries + this.#pending.splice(0).length)
        this.#tellLoss(this.#options.clock.mono())
        return
      }
      this.#tellLoss(this.#options.clock.mono())
    }
  }

  /** A turn of the event loop after every line: a long observation delays nobody by more than itself. */
  async #takeBatch(): Promise<Batch> {
    const lines: string[] = []
    let bytes = 0
    const lossTold = this.#lost.unwritten
    const loss = lossTold > 0 ? this.#lossLine() : ''
    while (bytes < batchBytes) {
      const next = this.#pending.shift()
      if (next === undefined) break
      const line = this.#textOf(next)
      const size = Buffer.byteLength(line)
      if (line === '' || size > this.#segmentBytes) this.#lose(1)
      else {
        lines.push(line)
        bytes += size
      }
      await nextTurn()
    }
    return { text: loss + lines.join(''), entries: lines.length, lossTold }
  }

  /** Empty: it cannot be put in words. */
  #textOf(entry: Stamped): string {
    try {
      return `${redactedJson(this.#lineOf(entry))}\n`
    } catch (error) {
      this.#because = messageOf(error)
      return ''
    }
  }

  readonly #lineOf = ({ entry, now, mono }: Stamped): JournalLine => {
    const { controller, key, observation, decision } = entry
    return { time: rfc3339(now), mono, process: this.#options.process, controller, key, observation, decision }
  }

  #lossLine(): string {
    const { clock } = this.#options
    const observation = { lost: this.#lost.unwritten }
    this.#lost.unwritten = 0
    const entry = { controller: 'journal', key: 'lost', observation, decision: null }
    return `${redactedJson(this.#lineOf({ entry, now: clock.now(), mono: clock.mono() }))}\n`
  }

  #lose(count: number): void {
    this.#lost.unwritten += count
    this.#lost.untold += count
  }

  /** Now and then, however many there are: the log must not drown as well. */
  #tellLoss(at: number): void {
    const { untold } = this.#lost
    if (untold === 0 || at - this.#toldAt < tellEveryMs) return
    this.#options.log.warn('Journal entries were lost', { lost: untold, because: this.#because })
    this.#lost.untold = 0
    this.#toldAt = at
  }

  async #write(text: string): Promise<void> {
    if (text === '') return
    const bytes = Buffer.byteLength(text)
    if (this.#file !== undefined && this.#file.bytes + bytes > this.#segmentBytes) await this.#closeFile()
    this.#file ??= { handle: await this.#nextFile(), bytes: 0, isTorn: false }
    const file = this.#file
    // Counted before it is known: a file that takes nothing any more must come to its end as well.
    file.bytes += bytes
    const torn = file.isTorn ? '\n' : ''
    file.isTorn = true
    await file.handle.appendFile(torn + text)
    file.isTorn = false
  }

  async #closeFile(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.handle.close()
  }

  /** New and ours: a link that somebody has laid there is not followed. */
  async #nextFile(): Promise<FileHandle> {
    const { directory, maxBytes, clock } = this.#options
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await prune(directory, maxBytes - 2 * this.#segmentBytes)
    this.#segments += 1
    return await open(join(directory, segmentName(clock.now(), this.#segments)), 'wx', 0o600)
  }
}

interface Stamped {
  readonly entry: JournalEntry
  readonly now: ReturnType<Clock['now']>
  readonly mono: ReturnType<Clock['mono']>
}

interface Segment {
  readonly handle: FileHandle
  bytes: number
  /** A disk that was full may have taken half a line: the next one must not be glued to it. */
  isTorn: boolean
}

interface Batch {
  readonly text: string
  readonly entries: number
  /** So many losses the text tells of: unless it is written, nobody knows of them. */
  readonly lossTold: number
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
