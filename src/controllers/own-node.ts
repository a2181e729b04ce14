import type { Node } from '../api/core/node.ts'
import { healthKind, type NodeHealth } from '../api/v1alpha1/node-health.ts'
import type { NodeRemediation, StepName } from '../api/v1alpha1/node-remediation.ts'
import { type Mono, minutes, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/journal.ts'
import type { EventRecorder } from '../runtime/events.ts'
import type { LeaderElection } from '../runtime/leader-election.ts'
import type { Watched } from './watched.ts'

export interface OwnNodePorts {
  readonly clock: Clock
  readonly log: Log
  readonly events: EventRecorder
  readonly health: Pick<Watched<NodeHealth>, 'get'>
  readonly runs: Pick<Watched<NodeRemediation, 'node'>, 'byIndex'>
  readonly nodes: Pick<Watched<Node>, 'get'>
  readonly leadership: Pick<LeaderElection, 'remainingMs' | 'standBack'>
}

const lookEveryMs = seconds(1)
/** Time enough for another replica to take the lease, several times over. */
const standBackMs = seconds(60)
/** If none took it, it is no use to try again soon: the node holds for people. */
const tryAgainMs = minutes(10)

/**
 * A leader whose own node is to be treated gives the lease to another replica first: it would cordon, drain and switch off itself
 * in the middle of the work. Resolves when the signal is aborted.
 */
export async function leaveOwnNode(ports: OwnNodePorts, nodeName: string, signal: AbortSignal): Promise<void> {
  const { clock, log, leadership } = ports
  let stoodBackAt: Mono | undefined
  let isTold = false
  while (!signal.aborted) {
    const isWantedNow = leadership.remainingMs() > 0 && isWanted(ports, nodeName)
    if (isWantedNow && (stoodBackAt === undefined || clock.mono() - stoodBackAt >= tryAgainMs)) {
      log.warn('Standing back: the own node is to be treated', { node: nodeName })
      stoodBackAt = clock.mono()
      isTold = false
      await leadership.standBack(standBackMs)
    } else if (isWantedNow && !isTold) {
      isTold = true
      tellAlone(ports, nodeName)
    }
    await clock.sleep(lookEveryMs, signal)
  }
}

const stepsAhead: readonly (StepName | undefined)[] = [
  undefined,
  'Approving',
  'Claiming',
  'Cordoning',
  'Draining',
  'Treating',
]

/** A run that has not treated yet, or a diagnosis that nothing but ourselves keeps from being acted upon. */
function isWanted({ health, runs }: OwnNodePorts, nodeName: string): boolean {
  const isRun = runs
    .byIndex('node', nodeName)
    .some(({ spec, status }) => spec?.dryRun === false && stepsAhead.includes(status.step?.name))
  const held = health.get({ name: nodeName })?.status.gates.filter(({ result }) => result !== 'Pass') ?? []
  return isRun || (held.length > 0 && held.every(({ reason }) => reason === 'OperatorOnNode'))
}

function tellAlone({ health, log, events }: OwnNodePorts, nodeName: string): void {
  log.warn('No other replica took the lease: the own node waits for people', { node: nodeName })
  const believed = health.get({ name: nodeName })
  if (believed === undefined) return
  events.record({
    regarding: { kind: healthKind, object: believed },
    type: 'Warning',
    reason: 'RemediationHeld',
    note: `OperatorOnNode: the leader runs on node ${nodeName}, and no other replica took the lease`,
    action: 'Hold',
  })
}
