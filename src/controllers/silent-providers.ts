import { healthKind, type NodeHealth } from '../api/v1alpha1/node-health.ts'
import { type Mono, minutes, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/journal.ts'
import type { EventRecorder } from '../runtime/events.ts'
import type { LeaderElection } from '../runtime/leader-election.ts'
import type { Providers } from './providers.ts'
import type { Watched } from './watched.ts'

export interface SilentProvidersPorts {
  readonly clock: Clock
  readonly log: Log
  readonly events: Pick<EventRecorder, 'record'>
  readonly health: Pick<Watched<NodeHealth>, 'list'>
  readonly leadership: Pick<LeaderElection, 'remainingMs' | 'standBack'>
  readonly providers: Pick<Providers, 'hearsAny'>
}

const lookEveryMs = seconds(1)
/** A BMC that starts anew needs that long, and a new leader must have asked before it is judged. */
const patienceMs = minutes(2)
/** Time enough for another replica to take the lease, several times over, and less than its patience: somebody always leads. */
const standBackMs = seconds(60)
/** A BMC that is dead is silent for every replica: the lease must not go round and round for it. */
const tryAgainMs = minutes(30)

/**
 * The road to the BMCs may be cut for the leader alone. Where nodes wait for nothing but a provider, and none answers, it lets
 * another replica try. Resolves when the signal is aborted.
 */
export async function leaveSilentProviders(ports: SilentProvidersPorts, signal: AbortSignal): Promise<void> {
  const { clock, log, leadership } = ports
  let waitingSince: Mono | undefined
  let stoodBackAt: Mono | undefined
  let isTold = false
  while (!signal.aborted) {
    const waiting = leadership.remainingMs() > 0 ? waitingNodes(ports) : []
    waitingSince = waiting.length === 0 ? undefined : (waitingSince ?? clock.mono())
    const isDue = waitingSince !== undefined && clock.mono() - waitingSince >= patienceMs
    if (isDue && (stoodBackAt === undefined || clock.mono() - stoodBackAt >= tryAgainMs)) {
      log.warn('Standing back: no provider answers this replica', { nodes: waiting.map(nameOf) })
      waitingSince = undefined
      stoodBackAt = clock.mono()
      isTold = false
      await leadership.standBack(standBackMs)
    } else if (isDue && !isTold) {
      isTold = true
      for (const believed of waiting) tell(ports, believed)
    }
    await clock.sleep(lookEveryMs, signal)
  }
}

/**
 * Held by nothing of their own but the provider of their rung, or by it and a window: one that is open for less than our patience
 * would find the wrong leader each time. One answer from any of them shows that the road is there.
 */
function waitingNodes({ health, providers }: SilentProvidersPorts): readonly NodeHealth[] {
  if (providers.hearsAny()) return []
  return health.list().filter(({ status: { gates } }) => {
    const held = gates.filter(({ result }) => result !== 'Pass').map(({ reason }) => reason)
    return held.includes('ProviderUnavailable') && held.every((reason) => blamesProvider.has(reason ?? ''))
  })
}

const blamesProvider: ReadonlySet<string> = new Set(['ProviderUnavailable', 'OutsideWindow'])

const nameOf = ({ metadata: { name } }: NodeHealth): string => name

function tell({ events }: SilentProvidersPorts, believed: NodeHealth): void {
  events.record({
    regarding: { kind: healthKind, object: believed },
    type: 'Warning',
    reason: 'RemediationHeld',
    note: 'ProviderUnavailable: no provider answers the leader, and it had let another replica try',
    action: 'Hold',
  })
}
