import { unreachable } from '../../kernel/assert.ts'
import { Prng } from '../../kernel/prng.ts'
import { seconds } from '../../kernel/time.ts'
import type { Loop } from '../loop.ts'
import type { Incident } from '../plan/plan.ts'
import type { Faults } from './faults.ts'
import type { Outages } from './outages.ts'
import type { Replica } from './replica.ts'

export interface IncidentsOptions {
  readonly loop: Loop
  readonly faults: Faults
  readonly outages: Outages
  readonly replicas: readonly Replica[]
  readonly note: (text: string) => void
}

/** A pod is killed that has not ended so long after it was asked to. */
const terminationGraceMs = seconds(30)

type End = () => void

/** What befalls replicas and roads at the times of the plan. */
export class Incidents {
  readonly #options: IncidentsOptions
  readonly #callOffs: End[] = []
  readonly #open = new Map<Incident, End>()

  constructor(options: IncidentsOptions) {
    this.#options = options
  }

  schedule(incidents: readonly Incident[]): void {
    for (const incident of incidents)
      this.#callOffs.push(this.#options.loop.after(incident.atMs, () => this.#begin(incident)))
  }

  /** Nothing begins or ends any more. What ails everybody, or this replica, is healed; what ails the others stays for ever. */
  freeze(core: number): void {
    for (const callOff of this.#callOffs) callOff()
    for (const [incident, end] of this.#open) {
      if (incident.replica === undefined || incident.replica === core) end()
      else this.#say(incident, 'stays for ever')
    }
  }

  #begin(incident: Incident): void {
    const { loop, faults } = this.#options
    const undo = this.#undoable(incident)
    if (undo === undefined) return
    faults.count(incident.kind)
    this.#say(incident, 'begins')
    const end = (): void => {
      if (!this.#open.delete(incident)) return
      this.#say(incident, 'is over')
      undo()
    }
    this.#open.set(incident, end)
    this.#callOffs.push(loop.after(incident.forMs, end))
  }

  /** Undefined: it cannot happen now. */
  #undoable(incident: Incident): End | undefined {
    const { outages, replicas } = this.#options
    const { kind, forMs } = incident
    if (isPlainOutage(kind)) return outages[plainOutages[kind]].take()
    switch (kind) {
      case 'ServerDown':
        return incident.isForAll === true ? outages.serverDownForAll.take() : outages.serverDown.take()
      case 'Swizzled':
        return this.#swizzle(forMs, new Prng(incident.seed ?? 0))
      case 'RolledOut':
        return this.#rollOut()
      default: {
        const replica = replicas[incident.replica ?? 0]
        return replica === undefined ? undefined : this.#befall(replica, { ...incident, kind })
      }
    }
  }

  #befall(replica: Replica, { kind, forMs, byMs = 0 }: OfOneReplica): End | undefined {
    switch (kind) {
      case 'Killed':
        return replica.down.take()
      case 'Terminated':
        return this.#terminate(replica)
      case 'Frozen':
      case 'Stalled':
        return replica.frozen.take()
      case 'FrozenBeforeWrite':
        replica.freezeBeforeWrite(forMs)
        return () => {}
      case 'ClockStepped':
        replica.stepClock(byMs)
        return () => replica.stepClock(-byMs)
      case 'CutFromServer':
        return replica.cutFromServer.take()
      case 'CutFromBmcs':
        return replica.cutFromBmcs.take()
      default:
        return unreachable(kind)
    }
  }

  #terminate(replica: Replica): End | undefined {
    const { process } = replica
    if (process === undefined) return undefined
    process.terminate()
    let letGo: End | undefined
    const callOff = this.#options.loop.after(terminationGraceMs, () => {
      letGo = replica.down.take()
    })
    process.onDeath(callOff)
    return () => {
      callOff()
      // Whatever became of it: afterwards a new process runs.
      letGo ??= replica.down.take()
      letGo()
    }
  }

  #rollOut(): End {
    const { loop, replicas } = this.#options
    const ends: End[] = []
    replicas.forEach((replica, index) => {
      ends.push(
        loop.after(index * 2 * terminationGraceMs, () => {
          const end = this.#terminate(replica)
          if (end === undefined) return
          loop.after(terminationGraceMs + 1, end)
        }),
      )
    })
    return () => {
      for (const end of ends) end()
    }
  }

  /** Connections stop one by one, and heal in another order. */
  #swizzle(forMs: number, prng: Prng): End {
    const { loop, outages, replicas } = this.#options
    const ends: End[] = []
    for (const { index } of replicas) {
      for (const path of swizzledPaths) {
        if (prng.chance(500)) continue
        const beginsMs = prng.int(0, Math.floor(forMs / 2))
        const endsMs = prng.int(Math.floor(forMs / 2), forMs)
        const begin = (): void => {
          const heal = outages.clog(index, path)
          ends.push(heal)
          loop.after(endsMs - beginsMs, heal)
        }
        ends.push(loop.after(beginsMs, begin))
      }
    }
    return () => {
      for (const end of ends) end()
    }
  }

  #say({ kind, replica }: Incident, what: string): void {
    this.#options.note(`${kind}${replica === undefined ? '' : ` of operator-${replica + 1}`} ${what}`)
  }
}

type OfOneReplica = Incident & {
  readonly kind: Exclude<Incident['kind'], keyof typeof plainOutages | 'ServerDown' | 'Swizzled' | 'RolledOut'>
}

/** What is simply held as long as it lasts. */
const plainOutages = {
  EtcdReadOnly: 'etcdReadOnly',
  AlertsDown: 'alertsDown',
  AlertsEmpty: 'alertsEmpty',
  AlertsReplayed: 'alertsReplayed',
  MetricsDown: 'metricsDown',
  MetricsEmpty: 'metricsEmpty',
  MetricsPartial: 'metricsPartial',
  MetricsOld: 'metricsOld',
  MetricsSlow: 'metricsSlow',
} as const satisfies Partial<Record<Incident['kind'], keyof Outages>>

const isPlainOutage = (kind: Incident['kind']): kind is keyof typeof plainOutages => kind in plainOutages

const ours = (plural: string): string => `/apis/prunella.dev/v1alpha1/${plural}`

/** Whole collections: what is watched over a connection of its own. */
const swizzledPaths: readonly string[] = [
  '/api/v1/nodes',
  '/api/v1/pods',
  ours('noderemediations'),
  ours('noderemediationpolicies'),
  ours('remediationguards'),
  ours('remediationpauses'),
  ours('disruptionledgers'),
  ours('nodehealths'),
]
