import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type JournalLine, journalLineSchema } from '../../api/journal-line.ts'
import { segmentsIn } from './segments.ts'

/** Every line of a journal, in the order of its files. What a crash has cut off, or is not ours, is passed over. */
export async function* readJournal(directory: string): AsyncGenerator<JournalLine> {
  for (const path of await segmentsIn(directory)) {
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = lineOf(text)
      if (line !== undefined) yield line
    }
  }
}

function lineOf(text: string): JournalLine | undefined {
  try {
    return journalLineSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
