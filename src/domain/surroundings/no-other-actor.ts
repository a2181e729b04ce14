import type { Node } from '../../api/core/node.ts'
import { isOpen, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import type { Instant } from '../../kernel/time.ts'
import { hold, pass } from '../budget/gates.ts'
import { type Actor, type ActorsSeen, sinceWords, taintOf } from './actors-seen.ts'
import {
  clusterAutoscalerOn,
  foreignCordon,
  isDeletionCandidate,
  other,
  otherMarks,
  terminating,
} from './foreign-marks.ts'
import { leaseOn, workOn } from './foreign-work.ts'
import { kuredOn } from './kured.ts'
import { type UpgradeSeen, upgrading } from './upgrade.ts'

export interface ActorsView {
  readonly node: Node
  readonly actors: ActorsSeen
  /** Runs on the node that the asking run must not stand beside. */
  readonly runs: readonly NodeRemediation[]
  /** Undefined: it is not asked, because the run has begun. */
  readonly upgrade: UpgradeSeen | undefined
  readonly now: Instant
}

/** At most one actor per node: whoever else takes care of it, goes first. All are looked for, and the first is the headline. */
export function noOtherActor(view: ActorsView): GateAnswer {
  const { node } = view
  const [first, ...rest] = actorsOn(view)
  const candidate = isDeletionCandidate(node) ? 1 : 0
  if (first === undefined) {
    const soft = candidate === 0 ? '' : '; the cluster autoscaler would like to remove it'
    return pass('NoOtherActor', `nobody else acts on node ${node.metadata.name}${soft}`, {
      deletionCandidate: candidate,
    })
  }
  const also = rest.length === 0 ? '' : `; also ${rest.map(({ reason }) => reason).join(', ')}`
  return hold('NoOtherActor', first.reason, {
    message: safeText(`${first.message}${also}`, 1_024),
    numbers: { actors: rest.length + 1, deletionCandidate: candidate },
    unblockedBy: safeText(first.unblockedBy, 256),
  })
}

function actorsOn({ node, actors, runs, upgrade, now }: ActorsView): readonly Actor[] {
  const found = [
    runInProgress(runs),
    terminating(node),
    karpenterOn(node, actors),
    clusterAutoscalerOn(node),
    machineHealthCheckOn(node, actors),
    nodeHealthCheckOn(node, actors),
    kuredOn(node, actors.kuredLocks, now),
    foreignCordon(node),
    upgrade && upgrading(upgrade),
    otherMarks(node) ?? otherWork(node.metadata.name, actors, now) ?? unreadable(actors),
  ]
  return found.filter((actor) => actor !== undefined)
}

/** Named without its step: it stands in the NodeHealth, and each step would be one write more. */
function runInProgress(runs: readonly NodeRemediation[]): Actor | undefined {
  const run = runs.find((candidate) => isOpen(candidate) && candidate.spec?.dryRun !== true)
  if (run === undefined) return undefined
  const message = `run ${run.metadata.name} is open on the node`
  return { reason: 'RunInProgress', message, unblockedBy: 'that run ends' }
}

function karpenterOn({ taints, metadata }: Node, { claims }: ActorsSeen): Actor | undefined {
  const unblockedBy = 'Karpenter finishes'
  const taint = taintOf(taints, 'karpenter.sh/disrupted')
  if (taint !== undefined) {
    const message = `Karpenter takes node ${metadata.name} away, by its taint ${taint.key}${sinceWords(taint.timeAdded)}`
    return { reason: 'KarpenterActive', message, unblockedBy }
  }
  const claim = claims.find((candidate) => candidate.metadata.deletionTimestamp !== undefined)
  if (claim === undefined) return undefined
  const { name, deletionTimestamp } = claim.metadata
  const message = `NodeClaim ${name} of node ${metadata.name} is being deleted${sinceWords(deletionTimestamp)}`
  return { reason: 'KarpenterActive', message, unblockedBy }
}

function machineHealthCheckOn({ metadata }: Node, { machines }: ActorsSeen): Actor | undefined {
  const unblockedBy = 'its remediation ends, or the MachineHealthCheck no longer selects the Machine'
  for (const { metadata: machine, complaints } of machines) {
    const name = `Machine ${machine.namespace}/${machine.name} of node ${metadata.name}`
    const [complaint] = complaints
    if (complaint !== undefined) {
      const message = `${name} has the condition ${complaint.type}=False${sinceWords(complaint.since)}`
      return { reason: 'MachineHealthCheckActive', message, unblockedBy }
    }
    if (machine.deletionTimestamp !== undefined) {
      const message = `${name} is being deleted${sinceWords(machine.deletionTimestamp)}`
      return { reason: 'MachineHealthCheckActive', message, unblockedBy: 'the Machine goes' }
    }
  }
  return undefined
}

function nodeHealthCheckOn({ metadata }: Node, { healthChecks }: ActorsSeen): Actor | undefined {
  for (const { metadata: check, unhealthyNodes } of healthChecks) {
    const unhealthy = unhealthyNodes.find(
      ({ nodeName, remediation }) => nodeName === metadata.name && remediation !== '',
    )
    if (unhealthy === undefined) continue
    const message = `NodeHealthCheck ${check.name} treats node ${metadata.name} by ${unhealthy.remediation}${sinceWords(unhealthy.since)}`
    return {
      reason: 'NodeHealthCheckActive',
      message,
      unblockedBy: 'its remediation ends, or it no longer selects the node',
    }
  }
  return undefined
}

const otherWork = (nodeName: string, { works, leases }: ActorsSeen, now: Instant): Actor | undefined =>
  workOn(nodeName, works) ?? leaseOn(nodeName, leases, now)

/** Who cannot be seen may be there all the same. */
const unreadable = ({ unread }: ActorsSeen): Actor | undefined =>
  unread.length === 0
    ? undefined
    : other(
        `whether somebody else acts cannot be told: ${unread.join('; ')}`,
        'the rights of the operator are complete',
      )
