import { type Event, eventKind } from '../../api/core/kinds.ts'
import { type Node, nodeKind } from '../../api/core/node.ts'
import { ledgerKind, ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type ApprovalSpec, approvalKind } from '../../api/v1alpha1/remediation-approval.ts'
import { leftOnNode } from '../../domain/explain/left-on-node.ts'
import type { Instant } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { RefusedError } from '../../ports/errors.ts'
import { causeText } from '../../runtime/complaint.ts'

export interface RunParts {
  readonly run: NodeRemediation
  readonly now: Instant
  readonly policy: PolicySpec | undefined
  /** Undefined: there is none under its name, or it may not be read. */
  readonly node: Node | undefined
  readonly approvals: readonly GivenApproval[]
  /** Oldest first. */
  readonly events: readonly Event[]
  readonly left: readonly string[]
  /** What this caller may not read, and why. */
  readonly unreadable: readonly string[]
}

interface GivenApproval extends ApprovalSpec {
  readonly time: string | undefined
}

/** The run, and what stands around it in other objects. What may not be read is named, and the rest is shown. */
export async function readRunParts(reader: ClusterReader, run: NodeRemediation, now: Instant): Promise<RunParts> {
  const unreadable: string[] = []
  const tolerated = async <Value>(what: string, read: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      unreadable.push(`${what}: ${causeText(error)}`)
      return undefined
    }
  }
  const { metadata, spec } = run
  const [node, policy, ledger, approvals, events] = await Promise.all([
    tolerated('node', async () => await reader.get(nodeKind, { name: spec?.node.name ?? '' })),
    tolerated('policy', async () => await reader.get(policyKind, { name: spec?.policyName ?? '' })),
    tolerated('ledger', async () => await reader.get(ledgerKind, { name: ledgerName })),
    tolerated('approvals', async () => await reader.list(approvalKind)),
    tolerated('events', async () => await reader.list(eventKind, { fieldSelector: `regarding.name=${metadata.name}` })),
  ])
  const given = (approvals ?? []).flatMap((approval): readonly GivenApproval[] => {
    if (approval.spec?.runUID !== metadata.uid) return []
    return [{ ...approval.spec, time: approval.metadata.creationTimestamp }]
  })
  const told = (events ?? []).filter(({ regardingUID }) => regardingUID === metadata.uid)
  return {
    run,
    now,
    node,
    policy: policy?.spec,
    approvals: given,
    events: told.toSorted((one, other) => ((one.time ?? '') < (other.time ?? '') ? -1 : 1)),
    left: leftOnNode({ run, node, ledger }),
    unreadable,
  }
}
