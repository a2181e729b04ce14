import { Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { chanceNames } from './fault.ts'
import type { Plan } from './plan.ts'

/** As a swarm: each seed has a few faults of its own and none of the others, so that what one does alone is seen, too. */
export function drawPlan(seed: number): Plan {
  const prng = new Prng(seed).fork('plan')
  const draw = (label: string, min: number, max: number): number => prng.fork(label).int(min, max)
  const faults = Object.fromEntries(
    chanceNames.flatMap((fault) =>
      draw(`${fault}/on`, 1, 1_000) <= 500 ? [[fault, draw(`${fault}/weight`, 1, 100)]] : [],
    ),
  )
  return {
    seed,
    cluster: { nodes: 4, zones: 3, rented: 2 },
    replicas: [{ skewMs: 0, driftPpm: 0 }],
    policy: { mode: 'Automatic', maxConcurrent: 2, maxPerHour: 6, pacePercent: 100 },
    faults,
    incidents: [
      {
        kind: 'Killed',
        atMs: draw('killed/at', seconds(20), minutes(12)),
        forMs: draw('killed/for', seconds(1), seconds(60)),
        replica: 0,
      },
    ],
    strikes: [],
    stories: [
      { kind: 'Deadlock', atMs: draw('deadlock/at', seconds(5), minutes(3)), seed: draw('deadlock/seed', 0, 1e9) },
      { kind: 'Overload', atMs: draw('overload/at', seconds(5), minutes(3)), seed: draw('overload/seed', 0, 1e9) },
    ],
    actors: {},
    stormMs: minutes(25),
    calmMaxMs: minutes(90),
    core: 0,
  }
}
