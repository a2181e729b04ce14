import { z } from 'zod'
import type { DeepReadonly } from '../kernel/deep-readonly.ts'
import { textAt } from '../kernel/json.ts'
import { type Parsed, parsed, rejected } from '../kernel/parsed.ts'
import { journalLineSchema } from './journal-line.ts'

const episodePrefix = 'prunella.dev/episode/v'
/** Raised when what older versions wrote can no longer be read the same way. */
const episodeVersion = 1

const storedSchema = z.looseObject({ metadata: z.looseObject({ name: z.string() }) })

const episodeSchema = z.object({
  apiVersion: z.literal(`${episodePrefix}${episodeVersion}`),
  kind: z.literal('Episode'),
  /** RFC 3339. */
  exportTime: z.string().max(40),
  /** Who wrote it, and what it was about. */
  versions: z.object({
    prunella: z.string().max(64),
    kubelet: z.string().max(64).optional(),
    kernel: z.string().max(256).optional(),
    os: z.string().max(256).optional(),
  }),
  /** Whether names, addresses and images are pseudonyms. */
  namesRedacted: z.boolean(),
  run: storedSchema,
  /** As it stood when the run was decided; null: nobody knows. */
  policy: storedSchema.nullable(),
  nodeHealth: storedSchema.nullable(),
  /** The oldest first. */
  entries: z.array(journalLineSchema).max(20_000),
  /** Entries beyond the bound: the latest of them. */
  leftOut: z.int().min(0),
})

/** One run with everything that was seen and decided around it, in plain JSON: it can be replayed anywhere. */
export type Episode = DeepReadonly<z.output<typeof episodeSchema>>

export const episodeEntriesMax = 20_000

export const episodeHeader = { apiVersion: `${episodePrefix}${episodeVersion}`, kind: 'Episode' } as const

/** What a file says. A newer version is refused by its number, and whatever does not fit by its path. */
export function readEpisode(text: string): Parsed<Episode> {
  const raw = jsonOf(text)
  if (raw === undefined) return rejected({ path: '', message: 'is not JSON' })
  const apiVersion = textAt(raw, 'apiVersion') ?? ''
  const number = apiVersion.startsWith(episodePrefix) ? Number(apiVersion.slice(episodePrefix.length)) : Number.NaN
  if (!Number.isInteger(number) || textAt(raw, 'kind') !== 'Episode')
    return rejected({ path: 'apiVersion', message: 'is not an episode: `prunella export RUN` writes one' })
  if (number > episodeVersion) {
    const message = `is version ${number}, and this prunella reads up to version ${episodeVersion}: replay it with a newer one`
    return rejected({ path: 'apiVersion', message })
  }
  const { success, data, error } = episodeSchema.safeParse(raw)
  if (success) return parsed(data)
  return rejected(...error.issues.map(({ path, message }) => ({ path: path.join('.'), message })))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
