import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

const words = z.string().min(3)

const condition = z
  .strictObject({
    type: z.string().regex(/^[A-Z][A-Za-z0-9]+$/),
    status: z.enum(['True', 'False', 'Unknown']),
    signal: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
    meaning: words,
    /** As the writer gives them; `N` stands for a number. Absent where they are not known. */
    reasons: z.array(z.string()).optional(),
    diagnosis: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
    /** Notice: something to know, no illness of the node. */
    class: z.enum(['Fault', 'Load', 'Notice']),
    ladder: z.array(
      z.enum(['freeDisk', 'restartService', 'relieve', 'reboot', 'powerCycle', 'replace', 'quarantine', 'external']),
    ),
    holdSeconds: z.int().min(0).max(86_400),
    /** Whether its writer never takes it back while it runs. */
    latched: z.boolean(),
    clears: words,
    clearedWhen: z.enum(['Kubelet', 'Runtime', 'Network']).optional(),
    /** Who else treats the node for it, and when. */
    othersAct: z.array(z.strictObject({ who: words, does: words, afterSeconds: z.int().min(0) })).default([]),
    /** Keys of `sources`. */
    facts: z.array(z.string()).min(1),
    verified: z.boolean(),
    doubt: words.optional(),
  })
  .refine(({ verified, doubt }) => verified === (doubt === undefined), {
    error: 'what is not verified says why in `doubt`, and nothing else does',
  })
  .refine(({ ladder, class: kind }) => (kind === 'Notice') === (ladder.length === 0), {
    error: 'a Notice has no ladder, and everything else has one',
  })
  .refine(({ ladder }) => !ladder.includes('quarantine') || ladder.indexOf('quarantine') === ladder.length - 1, {
    error: 'quarantine is the last rung',
  })

const mapping = z
  .strictObject({
    name: words,
    /** The day on which the sources were read. */
    checked: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    sources: z.record(z.string(), z.url({ protocol: /^https$/ })),
    notes: z.array(words).min(1),
    conditions: z.array(condition).min(1),
  })
  .refine(({ sources, conditions }) => conditions.every(({ facts }) => facts.every((fact) => fact in sources)), {
    error: 'every fact names one of the `sources`',
  })

export type Mapping = z.output<typeof mapping>
export type MappedCondition = Mapping['conditions'][number]

const folder = 'deploy/rules/mappings'

/** What others write on nodes, as signals of ours. Throws where a file is not of the form, and names it. */
export const readMappings = (root: string): readonly Mapping[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => parseMapping(readFileSync(join(root, folder, file), 'utf8'), `${folder}/${file}`))

export function parseMapping(text: string, path: string): Mapping {
  const read = mapping.safeParse(parse(text, { merge: true }))
  if (!read.success) throw new Error(`${path}: ${z.prettifyError(read.error)}`)
  return read.data
}
