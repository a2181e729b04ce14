import type { Outcome } from '../../api/v1alpha1/node-remediation.ts'
import { Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { pendingWork } from '../checkers/peace.ts'
import type { Fault } from '../weather/faults.ts'
import { isReady, labelsOf, nameOf } from '../world/fields.ts'
import { pool, Simulation } from './simulation.ts'

export interface Report {
  readonly seed: number
  readonly failure: Simulation['failure']
  readonly traceHash: string
  readonly trace: readonly string[]
  readonly outcomes: readonly string[]
  readonly faults: ReadonlyMap<Fault, number>
}

const settleMs = minutes(3)
const stormMs = minutes(25)
const calmMaxMs = minutes(90)

/**
 * Two stories in bad weather: a kernel deadlock that a soft reboot may or may not heal, and a rented node that is overloaded. The
 * operator is killed once, wherever that falls, and started again. Then the weather calms, and everything must come to an end.
 */
export async function simulate(seed: number): Promise<Report> {
  const simulation = new Simulation(seed)
  const { loop, world, faults, truth } = simulation
  const prng = new Prng(seed).fork('story')
  faults.haveEnded = true
  await simulation.run(settleMs, () => isUp(simulation))
  faults.haveEnded = false

  let operator = simulation.startOperator()
  const kill = (): void => {
    simulation.note(`${operator.name} is killed`)
    operator.kill()
    loop.after(prng.int(seconds(1), seconds(60)), () => {
      operator = simulation.startOperator()
      simulation.note(`${operator.name} is started`)
    })
  }
  loop.after(prng.int(seconds(20), minutes(12)), kill)
  const deadlocked = `node-${prng.int(1, 4)}`
  const softReboot = prng.chance(300) ? 'Works' : prng.chance(500) ? 'Hangs' : 'Ignored'
  loop.after(prng.int(seconds(5), minutes(3)), () => world.deadlock(deadlocked, softReboot))
  loop.after(prng.int(seconds(5), minutes(3)), () => overloadOne(simulation))
  await simulation.run(stormMs)

  faults.haveEnded = true
  const unfinished = (): string | undefined => pendingWork(truth) ?? unfinishedStory(simulation, deadlocked)
  await simulation.run(calmMaxMs, () => unfinished() === undefined)
  const pending = simulation.failure === undefined ? unfinished() : undefined
  if (pending !== undefined) simulation.stuck(pending)
  const outcomes = truth.runs.map(({ status }) => status.step?.outcome ?? status.step?.cause ?? 'Open')
  const { failure, traceHash, trace } = simulation
  return { seed, failure, traceHash, trace, outcomes, faults: faults.counts }
}

const isUp = ({ world }: Simulation): boolean => {
  const [nodes, pods] = [world.objects.all('nodes'), world.objects.all('pods')]
  return nodes.length === 6 && nodes.every(isReady) && pods.length > 0 && pods.every(isReady)
}

function overloadOne({ world }: Simulation): void {
  const rented = world.objects.all('nodes').filter((node) => labelsOf(node)['karpenter.sh/nodepool'] === pool)
  const name = rented.map(nameOf).toSorted()[0]
  if (name !== undefined) world.overload(name)
}

const heals: readonly Outcome[] = ['NodeRecovered']

/** L3: a node that was really broken has really been healed, or waits for people. */
function unfinishedStory({ truth, world }: Simulation, deadlocked: string): string | undefined {
  const runs = truth.runs.filter(({ spec }) => spec?.node.name === deadlocked)
  const isHealed = runs.some(({ status }) => status.step?.outcome !== undefined && heals.includes(status.step.outcome))
  const waits = runs.some(({ status }) => status.step?.name === 'Quarantined')
  if (!isHealed && !waits) return `L3: ${deadlocked} was never treated`
  return isHealed && world.machine(deadlocked).kernelLog.length > 0
    ? `L3: ${deadlocked} is still deadlocked`
    : undefined
}
