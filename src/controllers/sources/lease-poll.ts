import { leaseKind } from '../../api/core/kinds.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { leaseFreshnessSeconds } from '../../domain/detect/sources/lease.ts'
import type { LeaseSeen, SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { SourceHealth } from '../../domain/policy/source-health.ts'
import { type Mono, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Log } from '../../ports/journal.ts'
import type { Meter } from '../../ports/meter.ts'
import { Complaint, causeText } from '../../runtime/complaint.ts'
import { MetricsRegistry } from '../../runtime/metrics-registry.ts'
import { SourceMeter } from '../source-meter.ts'
import { type Feed, Listeners } from './feed.ts'
import { LeaseLooks } from './lease-looks.ts'

interface LeasePollPorts {
  readonly clock: Pick<Clock, 'mono' | 'sleep'>
  readonly reader: ClusterReader
  readonly log: Log
  readonly meter?: Meter | undefined
  /** Whether some policy listens to leases: otherwise nobody reads them. */
  readonly isAsked: () => boolean
}

const namespace = 'kube-node-lease'
const allLeases = 'leases'

/** As often as kubelets renew them. */
const everyMs = seconds(10)

/**
 * Reads all node Leases again and again, as long as a policy asks for that. A read either answers for its moment or fails, and
 * costs less than to watch every renewal.
 */
export class LeasePoll implements Feed {
  readonly #ports: LeasePollPorts
  readonly #complaint: Complaint
  readonly #meter: SourceMeter
  readonly #listeners = new Listeners()
  readonly #looks = new LeaseLooks()
  #lookedAt: Mono | undefined
  #problem = 'leases have not been read yet'
  #wasKnown = false

  constructor(ports: LeasePollPorts) {
    this.#ports = ports
    this.#complaint = new Complaint(ports.log)
    this.#meter = new SourceMeter({ meter: ports.meter ?? new MetricsRegistry(), clock: ports.clock }, 'lease')
  }

  /** Resolves when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#ports.isAsked()) await this.#lookAtAll()
      await this.#ports.clock.sleep(everyMs, signal)
    }
  }

  readonly onChange = this.#listeners.add

  readonly seen = (nodeName: string): Pick<SourcesSeen, 'lease'> => ({ lease: this.#lease(nodeName) })

  readonly fresh = async (nodeName: string, signals: readonly Signal[]): Promise<Pick<SourcesSeen, 'lease'>> => {
    if (!signals.some(({ lease }) => lease !== undefined)) return this.seen(nodeName)
    const { clock, reader } = this.#ports
    const askedAt = clock.mono()
    try {
      const lease = await reader.get(leaseKind, { namespace, name: nodeName })
      if (lease !== undefined) this.#looks.note(lease, { askedAt, answeredAt: clock.mono() })
      return { lease: this.#believed(nodeName, askedAt) }
    } catch (error) {
      return { lease: { kind: 'Unavailable', message: `the Lease cannot be read: ${causeText(error)}` } }
    }
  }

  readonly health = (): readonly SourceHealth[] => {
    const problem = this.#isYoung() ? this.#looks.commonCause() : this.#problem
    const heardMsAgo = this.#lookedAt === undefined ? undefined : this.#ports.clock.mono() - this.#lookedAt
    return this.#ports.isAsked() ? [{ kind: 'lease', name: allLeases, problem, heardMsAgo }] : []
  }

  #isKnown(): boolean {
    return this.#isYoung() && this.#looks.commonCause() === undefined
  }

  #isYoung(): boolean {
    return this.#lookedAt !== undefined && this.#ports.clock.mono() - this.#lookedAt <= seconds(leaseFreshnessSeconds)
  }

  #lease(nodeName: string): LeaseSeen {
    if (this.#lookedAt === undefined || !this.#isYoung()) return { kind: 'Unavailable', message: this.#problem }
    return this.#believed(nodeName, this.#lookedAt)
  }

  #believed(nodeName: string, lookedAt: Mono): LeaseSeen {
    const message = this.#looks.commonCause()
    return message === undefined ? this.#looks.seen(nodeName, lookedAt) : { kind: 'Unavailable', message }
  }

  async #lookAtAll(): Promise<void> {
    const { clock, reader } = this.#ports
    const askedAt = clock.mono()
    try {
      const leases = await reader.list(leaseKind, { namespace })
      const times = { askedAt, answeredAt: clock.mono() }
      const ofInterest = leases.filter((lease) => this.#looks.note(lease, times)).map(({ metadata }) => metadata.name)
      const gone = this.#looks.keepOnly(new Set(leases.map(({ metadata }) => metadata.name)))
      this.#lookedAt = askedAt
      this.#meter.answered(allLeases, askedAt)
      this.#complaint.over('Read leases again', {})
      this.#tell([...ofInterest, ...gone])
    } catch (error) {
      this.#problem = `leases cannot be read: ${causeText(error)}`
      this.#meter.failed(allLeases, error)
      this.#complaint.about('Could not read leases', error, {})
      this.#tell([])
    }
  }

  #tell(nodeNames: readonly string[]): void {
    const everything = this.#wasKnown !== this.#isKnown()
    this.#wasKnown = this.#isKnown()
    this.#listeners.tell({ everything, nodeNames })
  }
}
