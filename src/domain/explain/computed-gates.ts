import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { mono } from '../../kernel/time.ts'
import { diagnose } from '../detect/diagnose.ts'
import { flapsOf } from '../detect/flapping.ts'
import { ownGates } from '../detect/own-gates.ts'
import { recall } from '../detect/signal-memory.ts'
import { signalsOf } from '../detect/signal-state.ts'
import { nothingSaid } from '../detect/sources-seen.ts'
import { nodeFactsOf } from '../policy/node-facts.ts'
import { preparePolicy } from '../policy/prepared-policy.ts'
import { selectPolicy } from '../policy/select-policy.ts'
import type { LadderParts } from './ladder-parts.ts'

/**
 * What the Node alone says to the policy that would act, where there is no NodeHealth. The operator would have told of an alert
 * that fires, so none does.
 */
export function computedSignals({ node, policies, now }: Pick<LadderParts, 'node' | 'policies' | 'now'>) {
  const prepared = policies.flatMap((policy) => preparePolicy(policy) ?? [])
  const selection = selectPolicy(prepared, node)
  const shown = selection.kind === 'None' ? [] : [selection.policy]
  const moment = { now, mono: mono(0), disturbance: undefined }
  const evidence = { ...moment, node, sources: nothingSaid(moment), stored: undefined }
  const { byPolicy, memory } = signalsOf(shown, recall(undefined, node, moment), evidence)
  const [policy] = shown
  const signals = policy === undefined ? [] : (byPolicy.get(policy.name) ?? [])
  return { selection, policy, signals, memory }
}

/** The own gates of a node that has no NodeHealth, from the Node and the policies alone. */
export function computedOwnGates({ node, policies, ledger, now }: LadderParts): {
  readonly policyName: string | undefined
  readonly gates: readonly GateAnswer[]
} {
  const { selection, policy, signals, memory } = computedSignals({ node, policies, now })
  const finding = policy === undefined ? ({ kind: 'None' } as const) : diagnose(policy, signals, nodeFactsOf(node))
  const starts = (ledger?.spec?.starts ?? []).filter(({ nodeUID }) => nodeUID === node.metadata.uid)
  const flaps = flapsOf([], { now, was: false })
  const view = { node, now, selection, signals, finding, memory, starts, runs: [], flaps, around: undefined }
  return { policyName: policy?.name, gates: ownGates(view) }
}
