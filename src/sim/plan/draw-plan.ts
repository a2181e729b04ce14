import { Prng } from '../../kernel/prng.ts'
import { hours, minutes, seconds } from '../../kernel/time.ts'
import { ordinaryTimings } from '../world/timings.ts'
import { drawFaults, type Weights } from './draw-faults.ts'
import { drawIncidents } from './draw-incidents.ts'
import { drawPolicy } from './draw-policy.ts'
import { chanceNames } from './fault.ts'
import type { ClusterPlan, Plan, ReplicaPlan, StoryPlan } from './plan.ts'
import { storyKinds, storyNames } from './story-kind.ts'

/**
 * As a swarm: each seed has some faults and actors, and none of the others, so that what one does alone is seen, too. Every draw has
 * a label of its own.
 */
export function drawPlan(seed: number, actorNames: readonly string[] = []): Plan {
  const prng = new Prng(seed).fork('plan')
  const weights = drawFaults(prng.fork('faults'), actorNames)
  const stormMs = minutes(prng.fork('storm').int(4, 10))
  const pacePercent = [20, 20, 50, 100][prng.fork('pace').int(0, 3)] ?? 100
  const cluster = drawCluster(prng.fork('cluster'), pacePercent)
  const replicas = drawReplicas(prng.fork('replicas'), weights, cluster)
  const core = prng.fork('core').int(0, replicas.length - 1)
  return {
    seed,
    cluster,
    replicas,
    policy: drawPolicy(prng.fork('policy'), pacePercent),
    faults: only(weights, chanceNames),
    incidents: drawIncidents(prng.fork('incidents'), { weights, replicas: replicas.length, stormMs, core }),
    strikes: [],
    stories: drawStories(prng.fork('stories'), stormMs),
    actors: only(weights, actorNames),
    stormMs,
    calmMaxMs: hours(4),
    core,
  }
}

const only = (weights: Weights, names: readonly string[]): Weights =>
  Object.fromEntries(Object.entries(weights).filter(([name]) => names.includes(name)))

function drawCluster(prng: Prng, pacePercent: number): ClusterPlan {
  // Small ones often: they are cheap, and most of what goes wrong needs few nodes.
  const most = prng.fork('size').int(1, 100) <= 80 ? 5 : 8
  return {
    nodes: prng.fork('nodes').int(3, most),
    zones: prng.fork('zones').int(1, 3),
    rented: prng.fork('rented').int(1, most - 3),
    timings: {
      bootMs: (ordinaryTimings.bootMs * pacePercent) / 100,
      namespaceEmptyMs: prng.fork('namespace-empty').int(seconds(1), minutes(1)),
    },
    ...(prng.fork('control-plane/on').chance(180) ? { controlPlane: 1 } : {}),
    ...(prng.fork('local-data/on').chance(200) ? { keepsLocalData: true } : {}),
  }
}

function drawReplicas(prng: Prng, weights: Weights, { nodes }: ClusterPlan): readonly ReplicaPlan[] {
  const count = prng.fork('count').int(1, 3)
  const standOnNodes = prng.fork('on-nodes').chance(150)
  return Array.from({ length: count }, (_, index) => ({
    skewMs: weights['ClockSkewed'] === undefined ? 0 : prng.fork(`${index}/skew`).int(-hours(1), hours(1)),
    driftPpm: weights['ClockDrifting'] === undefined ? 0 : prng.fork(`${index}/drift`).int(-10_000, 10_000),
    ...(standOnNodes ? { nodeName: `node-${prng.fork(`${index}/node`).int(1, nodes)}` } : {}),
  }))
}

function drawStories(prng: Prng, stormMs: number): readonly StoryPlan[] {
  const bag = storyNames.flatMap((kind) => Array.from({ length: storyKinds[kind] }, () => kind))
  return Array.from({ length: prng.fork('count').int(1, 3) }, (_, index) => {
    const own = prng.fork(`${index}`)
    const kind = bag[own.fork('kind').int(0, bag.length - 1)] ?? 'Deadlock'
    return {
      kind,
      // Second thoughts come when a first treatment has failed: that takes most of a storm.
      atMs: own.fork('at').int(5_000, kind === 'SecondThoughts' ? seconds(30) : Math.floor(stormMs / 2)),
      seed: own.fork('seed').int(0, 999_999),
    }
  })
}
