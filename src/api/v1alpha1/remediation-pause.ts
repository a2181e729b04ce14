import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { exactlyOneOf, kindOf, noStatus, objectName, type Stored, text, time, withRules } from './schema.ts'

const scopeSchema = withRules(
  z
    .object({
      everything: z.object({}).optional().describe('All policies and all nodes.'),
      policyName: objectName('One policy.').optional(),
      nodeName: objectName('One node.').optional(),
    })
    .describe('What is paused.'),
  exactlyOneOf(['everything', 'policyName', 'nodeName'], 'a scope'),
)

export const pauseSpecSchema = withRules(
  z
    .object({
      scope: scopeSchema,
      reason: text(512, 'Why.').min(1),
      until: time('Past this it has no effect. Without it, it stays until it is deleted.').optional(),
      requestedBy: text(256, 'Who asks for it.').optional(),
    })
    .describe('Stop: new runs, new evictions and treatments; never clean-up.'),
  { rule: 'self == oldSelf', message: 'is immutable: delete the pause and create another' },
)

export type PauseSpec = DeepReadonly<z.output<typeof pauseSpecSchema>>
export type RemediationPause = Stored<PauseSpec, Record<string, never>>

export const pauseKind = kindOf<PauseSpec, Record<string, never>>(
  { kind: 'RemediationPause', plural: 'remediationpauses' },
  pauseSpecSchema,
  noStatus,
)
