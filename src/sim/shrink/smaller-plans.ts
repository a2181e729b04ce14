import type { Plan } from '../plan/plan.ts'

/** Plans with less in them, the boldest cut first. None of them adds anything. */
export const smallerPlans = (plan: Plan): readonly Plan[] => [
  ...withoutWeather(plan),
  ...without(plan, 'actors'),
  ...without(plan, 'faults'),
  ...fewer(plan, 'incidents'),
  ...fewer(plan, 'stories'),
  ...fewer(plan, 'strikes'),
  ...fewerReplicas(plan),
  ...trueClocks(plan),
  ...smallerClusters(plan),
  ...shorter(plan),
]

/** All of a kind at once: most failures need but one of them. */
function withoutWeather(plan: Plan): readonly Plan[] {
  const bare = { faults: {}, actors: {}, incidents: [], strikes: [] } satisfies Partial<Plan>
  const cuts: readonly Partial<Plan>[] = [
    bare,
    { faults: {}, incidents: [], strikes: [] },
    { actors: {} },
    { incidents: [] },
    { faults: {} },
  ]
  return cuts.map((cut) => ({ ...plan, ...cut })).filter((cut) => JSON.stringify(cut) !== JSON.stringify(plan))
}

const without = (plan: Plan, what: 'actors' | 'faults'): readonly Plan[] =>
  Object.keys(plan[what]).map((gone) => ({
    ...plan,
    [what]: Object.fromEntries(Object.entries(plan[what]).filter(([name]) => name !== gone)),
  }))

const fewer = (plan: Plan, what: 'incidents' | 'stories' | 'strikes'): readonly Plan[] =>
  plan[what].map((_, gone) => ({ ...plan, [what]: plan[what].filter((_member, index) => index !== gone) }))

/** The last ones go first: the numbers of the others stay as they are. */
function fewerReplicas(plan: Plan): readonly Plan[] {
  const count = plan.replicas.length - 1
  if (count < 1) return []
  const stays = ({ replica = 0 }: { readonly replica?: number }): boolean => replica < count
  return [
    {
      ...plan,
      replicas: plan.replicas.slice(0, count),
      incidents: plan.incidents.filter(stays),
      strikes: plan.strikes.filter(stays),
      core: Math.min(plan.core, count - 1),
    },
  ]
}

const trueClocks = (plan: Plan): readonly Plan[] =>
  plan.replicas.every(({ skewMs, driftPpm }) => skewMs === 0 && driftPpm === 0)
    ? []
    : [{ ...plan, replicas: plan.replicas.map(() => ({ skewMs: 0, driftPpm: 0 })) }]

function smallerClusters(plan: Plan): readonly Plan[] {
  const { nodes, rented, zones } = plan.cluster
  const sizes = [
    ...(rented > 0 ? [{ rented: 0 }, { rented: rented - 1 }] : []),
    ...(nodes > 2 ? [{ nodes: 2 }, { nodes: nodes - 1 }] : []),
    ...(zones > 1 ? [{ zones: zones - 1 }] : []),
  ]
  return sizes.map((size) => ({ ...plan, cluster: { ...plan.cluster, ...size } }))
}

const leastMs = 60_000

const shorter = (plan: Plan): readonly Plan[] => [
  ...(plan.stormMs > leastMs ? [{ ...plan, stormMs: Math.max(leastMs, Math.floor(plan.stormMs / 2)) }] : []),
  ...(plan.calmMaxMs > 10 * leastMs ? [{ ...plan, calmMaxMs: Math.floor(plan.calmMaxMs / 2) }] : []),
]
