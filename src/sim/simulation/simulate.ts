import { Prng } from '../../kernel/prng.ts'
import { minutes } from '../../kernel/time.ts'
import type { ActorParts } from '../actors/actor.ts'
import { actors } from '../actors/actors.ts'
import { pendingWork } from '../checkers/peace.ts'
import type { Fault } from '../plan/fault.ts'
import type { Plan } from '../plan/plan.ts'
import { stories } from '../stories/stories.ts'
import type { ToldStory } from '../stories/story.ts'
import { isUp } from './cluster.ts'
import { Simulation, type SimulationHooks } from './simulation.ts'

export interface Report {
  readonly plan: Plan
  readonly failure: Simulation['failure']
  readonly traceHash: string
  readonly trace: readonly string[]
  readonly outcomes: readonly string[]
  readonly faults: ReadonlyMap<Fault, number>
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
  await simulation.run(settleMs, () => isUp(simulation.world, plan))
  const told = brew(simulation)
  await simulation.run(plan.stormMs)
  await calm(simulation, told)
  const { failure, trace, truth, faults, loop } = simulation
  const outcomes = truth.runs.map(({ status }) => status.step?.outcome ?? status.step?.cause ?? 'Open')
  return {
    plan,
    failure,
    traceHash: trace.hash,
    trace: trace.lines,
    outcomes,
    faults: faults.counts,
    lastedMs: loop.mono(),
  }
}

interface Told {
  readonly stories: ToldStory[]
  readonly ends: readonly (() => void)[]
}

function brew(simulation: Simulation): Told {
  const { plan, loop, world, truth, faults, incidents, replicas, note } = simulation
  const told: ToldStory[] = []
  faults.areOff = false
  for (const replica of replicas) replica.start()
  incidents.schedule(plan.incidents)
  for (const { kind, atMs, seed } of plan.stories) {
    loop.after(atMs, () => {
      note(`story: ${kind}`)
      told.push(stories[kind].begin({ world, truth, timers: loop, prng: new Prng(seed), note }))
    })
  }
  const ends = actors.flatMap((actor) => {
    const weight = plan.actors[actor.name] ?? 0
    const prng = new Prng(plan.seed).fork(`actor/${actor.name}`)
    const parts: ActorParts = { world, timers: loop, prng, weight, note: (text) => note(`${actor.name}: ${text}`) }
    return weight === 0 ? [] : [actor.start(parts)]
  })
  return { stories: told, ends }
}

async function calm(simulation: Simulation, told: Told): Promise<void> {
  const { plan, incidents, replicas, faults, truth, note } = simulation
  note(`calm: operator-${plan.core + 1} is the core`)
  incidents.freeze(plan.core)
  for (const replica of replicas) replica.isSpared = replica.index === plan.core
  faults.worldIsSpared = true
  for (const end of told.ends) end()
  for (const story of told.stories) story.calm?.()
  const unfinished = (): string | undefined =>
    pendingWork(truth) ?? told.stories.map(({ pending }) => pending()).find((pending) => pending !== undefined)
  await simulation.run(plan.calmMaxMs, () => unfinished() === undefined)
  const pending = simulation.failure === undefined ? unfinished() : undefined
  if (pending !== undefined) simulation.stuck(pending)
}
