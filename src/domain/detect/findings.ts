import type { Node } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { nodeFactsOf } from '../policy/node-facts.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import { diagnose, type Finding } from './diagnose.ts'
import type { SignalSeen } from './hold.ts'
import type { HealthObservation } from './observation.ts'
import { recall, type SignalMemory } from './signal-memory.ts'
import { signalsOf } from './signal-state.ts'

/** What is found out about a node by its signals alone. */
export interface Found {
  readonly node: Node
  /** The object as it stands, if it is about this very Node. */
  readonly known: NodeHealth | undefined
  /** The policies that select the node. */
  readonly selecting: readonly PreparedPolicy[]
  readonly byPolicy: ReadonlyMap<string, readonly SignalSeen[]>
  readonly findings: ReadonlyMap<string, Finding>
  readonly memory: SignalMemory
}

/** Undefined: the node is gone. What stands around it has no say in this, as the type tells: so it may be looked at afterwards. */
export function foundIn(seen: Omit<HealthObservation, 'around'>): Found | undefined {
  const { node, stored } = seen
  if (node === undefined) return undefined
  const selecting = seen.policies.filter(({ selects }) => selects(node.metadata.labels))
  const known = stored?.spec?.node.uid === node.metadata.uid ? stored : undefined
  const evidence = { now: seen.now, mono: seen.mono, sources: seen.sources, node, stored: known }
  const { byPolicy, memory } = signalsOf(selecting, recall(seen.memory, node, seen), evidence)
  const findings = new Map(
    selecting.map((policy) => [policy.name, findingOf(policy, byPolicy.get(policy.name) ?? [], node)]),
  )
  return { node, known, selecting, byPolicy, findings, memory }
}

/** A `when` is False where none of its signals says anything: `judgeWhen` would find out the same, one by one. */
const findingOf = (policy: PreparedPolicy, signals: readonly SignalSeen[], node: Node): Finding =>
  signals.every(saysNothing) ? { kind: 'None' } : diagnose(policy, signals, nodeFactsOf(node))

const saysNothing = ({ claim }: SignalSeen): boolean => claim.state === 'False'

/** Nothing is said, remembered, stored or under way: the ordinary node, and most of a fleet. */
export const isQuiet = (
  { byPolicy, memory }: Found,
  { stored, runs }: Pick<HealthObservation, 'stored' | 'runs'>,
): boolean =>
  stored === undefined &&
  runs.length === 0 &&
  memory.changes.length === 0 &&
  Object.keys(memory.bouts).length === 0 &&
  byPolicy.values().every((signals) => signals.every(saysNothing))

/** Whether there is a diagnosis, so that what stands around the node counts. */
export const asksAround = ({ findings }: Found): boolean => findings.values().some(({ kind }) => kind === 'Matched')
