import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { oneOf, text, time } from './schema.ts'

/** What became of a node that a rehearsal would have treated. `Unknown`: nobody could see, or it was no longer left to itself. */
const verdicts = ['RecoveredAlone', 'RebootedByHand', 'Replaced', 'StillSick', 'Unknown'] as const

/** Written once, when it is known. */
export const gradeSchema = z
  .object({
    verdict: oneOf(verdicts, 'What became of the node.'),
    time: time('When that was first seen.'),
    message: text(512, 'How it was seen, in one sentence.'),
  })
  .describe('Of a rehearsal that would have acted: what became of the node without it.')

export type Grade = DeepReadonly<z.output<typeof gradeSchema>>

const count = (description: string) => z.int().min(0).describe(description)

export const diagnosisRecordSchema = z
  .object({
    diagnosis: text(63, 'Name of the diagnosis.'),
    rehearsed: count('Rehearsals that would have acted.'),
    right: count('Of these, nodes that did need somebody: still sick, rebooted by hand or replaced.'),
    early: count('Of these, nodes that recovered so soon that a longer hold would have waited for it.'),
    needless: count('Of these, nodes that recovered later, and alone.'),
    unknown: count('Of these, nodes of which nothing can be said: watching ended before anything was seen.'),
    pending: count('Of these, nodes that are still watched.'),
    acted: count('Runs that took a slot, and are over or wait for people.'),
    helped: count('Of these, runs whose treatment was seen to help.'),
  })
  .describe('What rehearsals and runs of one diagnosis came to, as far as runs are kept.')

export type DiagnosisRecord = DeepReadonly<z.output<typeof diagnosisRecordSchema>>
