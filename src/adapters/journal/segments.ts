import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Instant, rfc3339 } from '../../kernel/time.ts'

/** The order of their names is that of their beginnings; the number tells apart those of one millisecond. */
export const segmentName = (begunAt: Instant, number: number): string =>
  `journal-${rfc3339(begunAt).replaceAll(/[-:]/g, '')}-${String(number).padStart(6, '0')}.jsonl`

const pattern = /^journal-[0-9TZ.]+-[0-9]{6,}\.jsonl$/

/** Paths, the oldest first; whatever else lies in the directory is not ours. */
export const segmentsIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory))
    .filter((name) => pattern.test(name))
    .toSorted()
    .map((name) => join(directory, name))

/** Removes the oldest until the rest fits. */
export async function prune(directory: string, maxBytes: number): Promise<void> {
  let bytes = 0
  for (const path of (await segmentsIn(directory)).toReversed()) {
    bytes += (await stat(path)).size
    if (bytes > maxBytes) await rm(path, { force: true })
  }
}
