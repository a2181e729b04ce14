import { cpus, loadavg } from 'node:os'
import { pollSeconds } from '../../../src/api/pacing.ts'
import { type HealthMemory, reconcile } from '../../../src/controllers/health/reconcile.ts'
import { WritePace } from '../../../src/controllers/write-pace.ts'
import { assert } from '../../../src/kernel/assert.ts'
import { seconds } from '../../../src/kernel/time.ts'
import { type Judged, judged } from '../scale/targets.ts'
import { type Taken, taken, typical } from './processor-time.ts'
import { signalCount } from './signal-policy.ts'
import { WatchedFleet } from './watched-fleet.ts'

export interface SignalSizes {
  readonly nodes: number
  /** How often each thing is measured; the middle of them counts. */
  readonly rounds: number
  /** One node in so many is sick all the while, and an alert fires for one more. */
  readonly sickOneIn: number
  /** Nodes that change in each round of incremental passes. */
  readonly changing: number
}

export const ordinarySignals: SignalSizes = { nodes: 5_000, rounds: 15, sickOneIn: 100, changing: 500 }
/** To see that the bench itself works. */
export const smallSignals: SignalSizes = { nodes: 300, rounds: 5, sickOneIn: 100, changing: 60 }

export interface SignalsReport extends Measured {
  /** Of the machine, one minute before and after: above the number of processors, other programs were in the way. */
  readonly load: { readonly processors: number; readonly before: number; readonly after: number }
  readonly nodes: number
  readonly signals: number
  /** How many times as long a full pass takes as the baseline: the same on a fast machine and on a slow one. */
  readonly ratio: number
  readonly targets: readonly Judged[]
}

interface Measured {
  /** The very first one: nothing is remembered, and the code is cold. */
  readonly firstPass: Taken
  readonly fullPass: Taken
  /** Per node: it has said again that it is well; it has fallen sick. */
  readonly saidAgain: Taken
  readonly fellSick: Taken
  /** The same Nodes, parsed from a list as it comes over the wire. */
  readonly baseline: Taken
  readonly prometheus: PrometheusTally
}

interface PrometheusTally {
  readonly rounds: number
  /** Different questions among the signals of all policies. */
  readonly questions: number
  readonly asked: number
  /** While nodes were judged. */
  readonly askedByLooks: number
}

/** Every node judged by the code of the operator, over sources that have all been heard. */
export async function measureSignals(sizes: SignalSizes, say: (line: string) => void): Promise<SignalsReport> {
  const before = loadavg()[0] ?? 0
  const fleet = new WatchedFleet(sizes.nodes)
  await fleet.start()
  say(`${sizes.nodes} nodes and all their sources have been heard`)
  const measured = await measureFleet(fleet, sizes, say)
  fleet.stop()
  const load = { processors: cpus().length, before, after: loadavg()[0] ?? 0 }
  const ratio = measured.fullPass.cpuMs / measured.baseline.cpuMs
  return { load, nodes: sizes.nodes, signals: signalCount, ...measured, ratio, targets: targetsOf(measured, sizes) }
}

async function measureFleet(fleet: WatchedFleet, sizes: SignalSizes, say: (line: string) => void): Promise<Measured> {
  const { names, prometheus } = fleet
  const { rounds, sickOneIn, changing } = sizes
  const looks = new Looks(fleet)
  await fleet.report(partOf(names, sickOneIn, 1), 'True')
  fleet.fire(partOf(names, sickOneIn, 2))
  await fleet.pass(seconds(20))

  const firstPass = await taken(async () => await looks.at(names))
  // Some signals count the last four answers of Prometheus.
  for (let answers = 1; answers < 4; answers += 1) {
    await fleet.pass(seconds(pollSeconds.query))
    await looks.at(names)
  }
  const fullPass = await typical(rounds, async () => {
    await fleet.pass(seconds(1))
    return await taken(async () => await looks.at(names))
  })
  say(`a pass over all of them takes ${fullPass.cpuMs.toFixed(0)} ms`)
  looks.expectAllKnown()
  const well = names.filter((_, index) => index % sickOneIn > 2).slice(0, changing)
  const [saidAgain, fellSick] = await measureChanges({ fleet, looks, well }, rounds)
  const text = fleet.nodesText()
  const baseline = await typical(rounds, async () => await taken(() => void JSON.parse(text)))
  const questions = new Set(prometheus.asked).size
  const tally = { rounds: prometheus.ageAsked, questions, asked: prometheus.asked.length }
  return {
    firstPass,
    fullPass,
    saidAgain,
    fellSick,
    baseline,
    prometheus: { ...tally, askedByLooks: looks.asked },
  }
}

const partOf = (names: readonly string[], oneIn: number, which: number): readonly string[] =>
  names.filter((_, index) => index % oneIn === which)

interface Changing {
  readonly fleet: WatchedFleet
  readonly looks: Looks
  readonly well: readonly string[]
}

/** Each node is told to the caches before it is looked at: parsing is the informers' work. */
async function measureChanges({ fleet, looks, well }: Changing, rounds: number): Promise<readonly [Taken, Taken]> {
  const perNode = async (status: 'True' | 'False'): Promise<Taken> => {
    await fleet.report(well, status)
    const { cpuMs, wallMs } = await taken(async () => await looks.at(well))
    return { cpuMs: cpuMs / well.length, wallMs: wallMs / well.length }
  }
  const saidAgain = await typical(rounds, async () => await perNode('False'))
  const fellSick = await typical(rounds, async () => {
    await perNode('False')
    return await perNode('True')
  })
  return [saidAgain, fellSick]
}

/** Looks as the health controller makes them, by a replica that does not lead: what is written is not what is measured. */
class Looks {
  /** Questions to Prometheus while nodes were looked at. */
  asked = 0
  readonly #fleet: WatchedFleet
  readonly #memory: HealthMemory = { signals: new Map(), pace: new WritePace() }

  constructor(fleet: WatchedFleet) {
    this.#fleet = fleet
  }

  async at(names: readonly string[]): Promise<void> {
    const { ports, prometheus } = this.#fleet
    const before = prometheus.asked.length
    for (const name of names) await reconcile(ports, name, { memory: this.#memory, leads: () => false })
    this.asked += prometheus.asked.length - before
  }

  /** What nobody knows is not evaluated, and would make a fast bench of a blind one. */
  expectAllKnown(): void {
    const held = [...this.#memory.signals.values()].flatMap((memory) => Object.entries(memory.held))
    const unknown = held.filter(([, { state }]) => state === 'Unknown').map(([key]) => key)
    assert(held.length > 0 && unknown.length === 0, `nobody knows ${[...new Set(unknown)].join(', ')}`)
  }
}

function targetsOf({ fullPass, saidAgain, fellSick, prometheus }: Measured, { nodes }: SignalSizes): readonly Judged[] {
  const { rounds, questions, asked, askedByLooks } = prometheus
  return [
    judged(`a full pass over ${nodes} nodes with ${signalCount} signals each`, 'ms', [fullPass.cpuMs, 150]),
    judged('an incremental pass, a node that says again that it is well', 'ms', [saidAgain.cpuMs, 0.2]),
    judged('an incremental pass, a node that falls sick', 'ms', [fellSick.cpuMs, 0.2]),
    judged('queries to Prometheus a round, for each different rule', '', [asked / (rounds * questions), 1]),
    judged('queries to Prometheus because a node was looked at', '', [askedByLooks, 0]),
  ]
}
