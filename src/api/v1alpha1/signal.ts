import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { oneOf, seconds, signalName, withRules } from './schema.ts'
import { oneSource, type SignalSource, signalSourceShape, signalSources } from './signal-sources.ts'

const samplesSchema = withRules(
  z
    .object({
      atLeast: z.int().min(1).max(20).describe('How many of the last samples must be True.'),
      of: z.int().min(2).max(20).describe('Of how many.'),
    })
    .describe('Counts samples of a source that is polled: one odd sample makes no trouble and ends none.'),
  { rule: 'self.atLeast <= self.of', message: '`atLeast` must be at most `of`' },
)

export const signalSchema = withRules(
  z
    .object({
      name: signalName('Name of the signal in `when`; a CEL identifier.'),
      holdSeconds: seconds(0, 86_400, 'How long it must be True, on our own clock since we first saw it.').default(0),
      leaveSeconds: seconds(
        0,
        86_400,
        'How long it must no longer be True before it counts as over. For what comes and goes.',
      ).default(0),
      freshnessSeconds: seconds(
        1,
        86_400,
        'Older evidence than this is Unknown. Default: what suits the source.',
      ).optional(),
      bootGraceSeconds: seconds(
        0,
        3_600,
        'How long after a boot it is Unknown: what is measured while a node starts accuses healthy ones. Default: what suits the source.',
      ).optional(),
      samples: samplesSchema.optional(),
      ...signalSourceShape,
      clearedWhen: z
        .object({ healthCheck: oneOf(['Kubelet', 'Runtime', 'Network'], 'The check that must pass.') })
        .optional()
        .describe('How a latched signal is seen to have cleared.'),
    })
    .describe('One claim about a node.'),
  oneSource,
)

export type Signal = DeepReadonly<z.output<typeof signalSchema>>

/** A signal that has this source. */
export type SignalOf<Source extends SignalSource> = Signal & { readonly [Key in Source]-?: NonNullable<Signal[Key]> }

/** The API server has seen to it that there is exactly one. */
export function sourceOf(signal: Signal): SignalSource {
  // A plain loop: every look at every node asks this of every signal.
  for (const source of signalSources) if (signal[source] !== undefined) return source
  return 'nodeCondition'
}
