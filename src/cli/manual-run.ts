import { type Node, nodeKind } from '../api/core/node.ts'
import { healthKind } from '../api/v1alpha1/node-health.ts'
import type { RunSpec } from '../api/v1alpha1/node-remediation.ts'
import { type Diagnosis, type PolicySpec, policyKind } from '../api/v1alpha1/node-remediation-policy.ts'
import { isActing, type PreparedPolicy, preparePolicy } from '../domain/policy/prepared-policy.ts'
import { selectPolicy } from '../domain/policy/select-policy.ts'
import { describeIssue } from '../domain/policy/validate-policy.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import { NotFoundError } from '../ports/errors.ts'
import { didYouMean } from './did-you-mean.ts'
import { UsageError } from './usage-error.ts'

export interface ManualWish {
  readonly nodeName: string
  /** Undefined: the one that acts for the node. */
  readonly policyName: string | undefined
  /** Undefined: the ladder of the diagnosis that stands, else of the policy's first. */
  readonly treatment: string | undefined
  readonly user: string
  /** Why, in one sentence. */
  readonly message: string
  /** When it was asked for; with `purpose` it tells this wish from any other. */
  readonly now: string
  readonly purpose: 'plan' | 'manual'
}

export interface ManualRun {
  readonly spec: RunSpec
  /** Acting policies that select the node and do not act for it. */
  readonly otherPolicies: readonly string[]
}

/** What a run that a person asks for would carry. Rejects with NotFoundError and UsageError, and says what there is instead. */
export async function manualRun(cluster: ClusterReader, wish: ManualWish): Promise<ManualRun> {
  const { nodeName } = wish
  const node = await cluster.get(nodeKind, { name: nodeName })
  if (node === undefined) {
    const names = (await cluster.list(nodeKind)).map(({ metadata }) => metadata.name)
    throw new NotFoundError(`nodes "${nodeName}" not found${didYouMean(nodeName, names)}`)
  }
  const { policy, otherPolicies } = await policyFor(cluster, node, wish.policyName)
  const health = await cluster.get(healthKind, { name: nodeName })
  const rule = ruleFor(policy.spec, health?.status.diagnosis?.name)
  const treatments = rungsOf(policy, wish.treatment === undefined ? (rule?.treatments ?? []) : [wish.treatment])
  const cause = {
    diagnosis: '',
    class: rule?.class ?? 'Fault',
    urgency: 'Immediate',
    confidence: 'High',
    episode: `${wish.purpose}-${wish.now}`,
    when: '',
    signals: [],
    message: wish.message.slice(0, 1_024),
    detectedTime: wish.now,
  } as const
  const spec: RunSpec = {
    node: identityOf(node),
    policyName: policy.name,
    cause,
    treatments,
    dryRun: wish.purpose === 'plan',
    requestedBy: wish.user,
    retry: 0,
  }
  return { spec, otherPolicies }
}

const identityOf = ({ metadata: { name, uid }, providerID, systemUUID }: Node): RunSpec['node'] => ({
  name,
  uid,
  ...(providerID === undefined ? {} : { providerID }),
  ...(systemUUID === '' ? {} : { systemUUID }),
})

interface Chosen {
  readonly policy: PreparedPolicy
  readonly otherPolicies: readonly string[]
}

async function policyFor(cluster: ClusterReader, node: Node, policyName: string | undefined): Promise<Chosen> {
  const nodeName = node.metadata.name
  const prepared = (await cluster.list(policyKind)).flatMap((policy) => preparePolicy(policy) ?? [])
  if (policyName !== undefined) {
    const named = prepared.find(({ name }) => name === policyName)
    const names = prepared.map(({ name }) => name)
    if (named === undefined) throw new NotFoundError(`there is no policy ${policyName}${didYouMean(policyName, names)}`)
    return { policy: valid(named), otherPolicies: [] }
  }
  const selection = selectPolicy(prepared, node)
  if (selection.kind === 'None')
    throw new NotFoundError(
      `no policy selects node ${nodeName}: see prunella why ${nodeName}, or name one with --policy`,
    )
  const { policy } = selection
  if (selection.kind === 'Conflict') {
    const all = [policy, ...selection.rivals].map(({ name, spec }) => `${name} (priority ${spec.priority})`).join(', ')
    throw new UsageError(
      `several policies would act on node ${nodeName}: ${all}; choose with --policy=${policy.name}, or give one a higher priority`,
    )
  }
  const others = selection.others.filter((other) => isActing(other.policy.spec))
  return { policy: valid(policy), otherPolicies: others.map((other) => other.policy.name) }
}

function valid(policy: PreparedPolicy): PreparedPolicy {
  const [issue] = policy.issues
  if (issue === undefined) return policy
  throw new Error(`policy ${policy.name} is invalid and does nothing: ${describeIssue(issue)}`)
}

const ruleFor = ({ diagnoses }: PolicySpec, diagnosed: string | undefined): Diagnosis | undefined =>
  diagnoses.find(({ name }) => name === diagnosed) ?? diagnoses[0]

function rungsOf({ name, spec }: PreparedPolicy, rungs: readonly string[]): RunSpec['treatments'] {
  const found = rungs.flatMap((rung) => spec.treatments.filter((treatment) => treatment.name === rung))
  if (found.length > 0) return found
  const known = spec.treatments.map((treatment) => treatment.name)
  const wanted = rungs.join(', ')
  throw new NotFoundError(`policy ${name} has no rung ${wanted}${didYouMean(wanted, known)}`)
}
