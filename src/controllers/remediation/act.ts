import { runFinalizer } from '../../api/annotations.ts'
import { jobKind, nodeClaimKind } from '../../api/core/kinds.ts'
import { nodeKind } from '../../api/core/node.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { Refusal } from '../../domain/drain/pod-class.ts'
import type { Command, LedgerCommand, NodePatch } from '../../domain/remediation/decision.ts'
import { unreachable } from '../../kernel/assert.ts'
import type { Mono } from '../../kernel/time.ts'
import { AlreadyExistsError } from '../../ports/errors.ts'
import type { Effects } from '../../runtime/fenced.ts'
import { switchPower } from '../node-power.ts'
import { nodeJob } from './node-job.ts'
import type { RemediationPorts } from './ports.ts'

/** What the other side said of an eviction, and when, by pod UID: the next observation carries it. */
export type Refusals = Map<string, Omit<Refusal, 'agoMs'> & { readonly at: Mono }>

export interface Acting {
  readonly run: NodeRemediation
  readonly refusals: Refusals
  /** Refused once what was read for this look is too old. */
  readonly effects: Effects
}

type ActPorts = Pick<RemediationPorts, 'clock' | 'reader' | 'config' | 'sightings'>

/** Of the ledger the clerk takes care. */
type Deed = Exclude<Command, LedgerCommand>

/** Never asks why: an `if` about nodes belongs in decide. */
export async function act(ports: ActPorts, command: Deed, acting: Acting): Promise<void> {
  const { cluster, power } = acting.effects
  const { namespace } = ports.config
  switch (command.kind) {
    case 'Cordon':
    case 'Uncordon':
      await patchNode(acting, command.node)
      return
    case 'Evict':
      await evict(ports, command, acting)
      return
    case 'OrderNodeJob':
      await cluster.create(jobKind, nodeJob(command.job, ports.config)).catch(ignoreExisting)
      return
    case 'WithdrawNodeJob':
      await cluster.remove(jobKind, { namespace, name: command.jobName }, { uid: command.uid })
      return
    case 'TurnOff':
    case 'TurnOn':
      ports.sightings.ordered(acting.run.metadata.uid, command.kind, ports.clock.mono())
      await switchPower({ reader: ports.reader, namespace }, power, command)
      return
    case 'GiveBackClaim':
      await cluster.remove(nodeClaimKind, { name: command.claimName }, { uid: command.uid })
      return
    case 'SetFinalizer':
      await setFinalizer(acting, command.kept)
      return
    default:
      unreachable(command)
  }
}

async function patchNode(
  { effects }: Acting,
  { name, resourceVersion, annotations, unschedulable }: NodePatch,
): Promise<void> {
  const spec = unschedulable === undefined ? {} : { spec: { unschedulable } }
  await effects.cluster.patch(
    nodeKind,
    { name },
    { type: 'Merge', resourceVersion, body: { metadata: { annotations }, ...spec } },
  )
}

type Evict = Extract<Command, { kind: 'Evict' }>

async function evict(
  { clock }: Pick<ActPorts, 'clock'>,
  { namespace, pod, uid }: Evict,
  { effects, refusals }: Acting,
): Promise<void> {
  const outcome = await effects.cluster.evict({ namespace, name: pod, uid })
  if (outcome.kind === 'Gone') {
    refusals.delete(uid)
    return
  }
  const message = 'message' in outcome ? outcome.message : ''
  const patience = outcome.kind === 'RefusedByBudget' ? { patienceMs: outcome.retryAfterMs } : {}
  refusals.set(uid, { kind: outcome.kind, message, at: clock.mono(), ...patience })
}

async function setFinalizer({ effects, run }: Acting, isKept: boolean): Promise<void> {
  const { name, resourceVersion } = run.metadata
  const others = run.metadata.finalizers.filter((finalizer) => finalizer !== runFinalizer)
  const finalizers = isKept ? [...others, runFinalizer] : others
  await effects.cluster.patch(runKind, { name }, { type: 'Merge', resourceVersion, body: { metadata: { finalizers } } })
}

/** Its name is derived from the run: what is there is what we wanted to create. */
function ignoreExisting(error: unknown): void {
  if (!(error instanceof AlreadyExistsError)) throw error
}
