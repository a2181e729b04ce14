import { Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import type { ActorParts } from '../actors/actor.ts'
import { actors } from '../actors/actors.ts'
import { pendingWork } from '../checkers/peace.ts'
import type { Chance, Fault } from '../plan/fault.ts'
import type { Plan, StoryPlan } from '../plan/plan.ts'
import { stories } from '../stories/stories.ts'
import type { Faults } from '../weather/faults.ts'
import { isUp } from './cluster.ts'
import { Simulation, type SimulationHooks } from './simulation.ts'

export interface Report {
  readonly plan: Plan
  readonly failure: Simulation['failure']
  readonly traceHash: string
  readonly trace: readonly string[]
  readonly outcomes: readonly string[]
  readonly faults: ReadonlyMap<Fault, number>
  /** How often each chance might have befallen somebody in the storm. */
  readonly occasions: ReadonlyMap<Chance, number>
  /** Simulated. */
  readonly lastedMs: number
}

const settleMs = minutes(3)

/**
 * Two phases. In the storm everything of the plan goes wrong, and nothing unsafe may ever become true. In the calm a core is healed
 * (API server, BMCs, one replica), what ails the rest ails it for ever, and everything must come to an end.
 */
export async function simulate(plan: Plan, hooks: SimulationHooks = {}): Promise<Report> {
  const simulation = new Simulation(plan, hooks)
  await simulation.run(
    settleMs,
    everySecond(simulation, () => isUp(simulation.world, plan)),
  )
  const ends = brew(simulation)
  await simulation.run(plan.stormMs)
  await calm(simulation, ends)
  const { failure, trace, truth, faults, loop } = simulation
  const outcomes = truth.runs.map(({ status }) => status.step?.outcome ?? status.step?.cause ?? 'Open')
  return {
    plan,
    failure,
    traceHash: trace.hash,
    trace: trace.lines,
    outcomes,
    faults: faults.counts,
    occasions: faults.occasions,
    lastedMs: loop.mono(),
  }
}

/** Begins all that the plan has. Returns what is to be called when the storm is over. */
function brew(simulation: Simulation): readonly (() => void)[] {
  const { plan, loop, faults, incidents, replicas } = simulation
  faults.areOff = false
  for (const replica of replicas) replica.start()
  countClockFaults(plan, faults)
  incidents.schedule(plan.incidents)
  const ends: (() => void)[] = []
  for (const story of plan.stories) ends.push(loop.after(story.atMs, () => ends.push(tell(simulation, story))))
  return [...actorsOf(simulation), () => ends.splice(0).forEach((end) => end())]
}

function tell({ world, truth, note }: Simulation, { kind, seed }: StoryPlan): () => void {
  note(`story: ${kind}`)
  return stories[kind]({ world, truth, timers: world.clientTimers, prng: new Prng(seed), note })
}

const actorsOf = ({ plan, world, note }: Simulation): readonly (() => void)[] =>
  actors.flatMap((actor) => {
    const weight = plan.actors[actor.name] ?? 0
    const prng = new Prng(plan.seed).fork(`actor/${actor.name}`)
    const parts: ActorParts = {
      world,
      timers: world.clientTimers,
      prng,
      weight,
      note: (text) => note(`${actor.name}: ${text}`),
    }
    return weight === 0 ? [] : [actor.start(parts)]
  })

function countClockFaults({ replicas }: Plan, faults: Faults): void {
  for (const { skewMs, driftPpm } of replicas) {
    if (skewMs !== 0) faults.count('ClockSkewed')
    if (driftPpm !== 0) faults.count('ClockDrifting')
  }
}

async function calm(simulation: Simulation, ends: readonly (() => void)[]): Promise<void> {
  const { plan, incidents, replicas, faults, truth, note } = simulation
  note(`calm: operator-${plan.core + 1} is the core`)
  incidents.freeze(plan.core)
  for (const replica of replicas) replica.isSpared = replica.index === plan.core
  faults.worldIsSpared = true
  for (const end of ends) end()
  await simulation.run(
    plan.calmMaxMs,
    everySecond(simulation, () => pendingWork(truth) === undefined),
  )
  const pending = simulation.failure === undefined ? pendingWork(truth) : undefined
  if (pending !== undefined) simulation.stuck(pending)
}

/** Whether it is over is a costly question: it is asked once in a simulated second. */
function everySecond({ loop }: Simulation, isOver: () => boolean): () => boolean {
  let askedAt = Number.NEGATIVE_INFINITY
  return () => {
    if (loop.now() - askedAt < seconds(1)) return false
    askedAt = loop.now()
    return isOver()
  }
}
