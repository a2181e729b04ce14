import { conditionOf, type Node } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type Signal, sourceOf } from '../../api/v1alpha1/signal.ts'
import { matchesSelector } from '../../kernel/selector.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'
import { compileWhen } from '../policy/cel.ts'
import { preparePolicy } from '../policy/prepared-policy.ts'
import { selectPolicy } from '../policy/select-policy.ts'

/** One signal of one policy on one node, as far as objects tell. */
export interface SignalRow {
  readonly name: string
  readonly policyName: string
  /**
   * NotTrue: the operator has written nothing of the node, so it is not True, and may be False or never heard of. NotTold: another
   * policy answers for the node, and nothing is written of the signals of this one.
   */
  readonly state: 'True' | 'False' | 'Unknown' | 'NotTrue' | 'NotTold'
  readonly since: Instant | undefined
  readonly reason: string | undefined
  readonly message: string | undefined
  /** As in `condition KernelDeadlock`. */
  readonly source: string
  /** When the writer of its condition last said so, by the clock of the writer. */
  readonly heartbeatAt: Instant | undefined
  /** Numbers stand in no object: they would be written anew with every sample. */
  readonly value: 'NotTold' | 'NotMeasured'
  /** Diagnoses of the policy that read it. */
  readonly diagnoses: readonly string[]
}

interface NodeSeen {
  readonly node: Node
  readonly policies: readonly NodeRemediationPolicy[]
  /** Undefined: there is none. */
  readonly health: NodeHealth | undefined
}

/** Every signal of every policy that selects the node, those of the policy that answers for it first. */
export function signalRows({ node, policies, health }: NodeSeen): readonly SignalRow[] {
  const believed = health?.spec?.node.uid === node.metadata.uid ? health : undefined
  const selecting = policies.filter(
    ({ spec }) => spec !== undefined && matchesSelector(spec.nodeSelector, node.metadata.labels),
  )
  const selection = selectPolicy(
    policies.flatMap((policy) => preparePolicy(policy) ?? []),
    node,
  )
  const answering = believed?.spec?.policyName ?? (selection.kind === 'None' ? undefined : selection.policy.name)
  const isAnswering = ({ metadata }: NodeRemediationPolicy): boolean => metadata.name === answering
  const ordered = [...selecting.filter(isAnswering), ...selecting.filter((policy) => !isAnswering(policy))]
  return ordered.flatMap((policy) =>
    (policy.spec?.signals ?? []).map((signal): SignalRow => {
      const told = isAnswering(policy) ? believed?.status.signals.find(({ name }) => name === signal.name) : undefined
      const untold = isAnswering(policy) ? (believed === undefined ? 'NotTrue' : 'False') : 'NotTold'
      return {
        ...headOf(policy, signal),
        state: told?.state ?? untold,
        since: parseTime(told?.since),
        reason: told?.reason,
        message: told?.message,
        heartbeatAt: heartbeatOf(node, signal),
      }
    }),
  )
}

/** What is the same on every node. */
export function headOf(
  { metadata, spec }: NodeRemediationPolicy,
  signal: Signal,
): Pick<SignalRow, 'name' | 'policyName' | 'source' | 'value' | 'diagnoses'> {
  const names = spec?.signals.map(({ name }) => name) ?? []
  const reading = (spec?.diagnoses ?? []).filter(({ when }) => {
    const compiled = compileWhen(when, names)
    return compiled.ok && compiled.value.signalNames.includes(signal.name)
  })
  return {
    name: signal.name,
    policyName: metadata.name,
    source: sourceInWords(signal),
    value: isMeasured(signal) ? 'NotTold' : 'NotMeasured',
    diagnoses: reading.map(({ name }) => name),
  }
}

const isMeasured = ({ query, evictionStorm, nodeEvent, podSymptom, reboots }: Signal): boolean =>
  [query, evictionStorm, nodeEvent, podSymptom, reboots].some((source) => source !== undefined)

function sourceInWords(signal: Signal): string {
  const { nodeCondition, alert, nodeEvent, podSymptom, query } = signal
  if (nodeCondition !== undefined) return `condition ${nodeCondition.type}=${nodeCondition.status}`
  if (alert !== undefined) return `alert ${alert.name}`
  if (nodeEvent !== undefined) return `event ${nodeEvent.reason}`
  if (podSymptom !== undefined) return `pods ${podSymptom.symptom}`
  return query === undefined ? sourceOf(signal) : `query${query.source === undefined ? '' : ` ${query.source}`}`
}

function heartbeatOf(node: Node, { nodeCondition }: Signal): Instant | undefined {
  const condition = nodeCondition && conditionOf(node, nodeCondition.type)
  return parseTime(condition?.lastHeartbeatTime)
}
