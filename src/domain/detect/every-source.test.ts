import {
  type Arbitrary,
  array,
  assert,
  boolean,
  constantFrom,
  integer,
  nat,
  option,
  property,
  record,
  sample,
  uniqueArray,
} from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConditionStatus, Node } from '../../api/core/node.ts'
import { type Signal, signalSchema } from '../../api/v1alpha1/signal.ts'
import { type SignalSource, signalSources } from '../../api/v1alpha1/signal-sources.ts'
import { Prng } from '../../kernel/prng.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import { claimOf } from './claim.ts'
import { decide } from './decide.ts'
import { after, alertFor, monoAfter, nodeWith } from './evidence.fixture.ts'
import { at, observation } from './observation.fixture.ts'
import type { HealthObservation } from './observation.ts'
import { look } from './sources/look.fixture.ts'
import { queryKey } from './sources/query-sample.ts'
import type { SourcesSeen } from './sources-seen.ts'

/** One signal of each kind of source: a new kind stops the build until it stands here, and so in every property below. */
const settings: { readonly [Source in SignalSource]: NonNullable<Signal[Source]> | object } = {
  nodeCondition: { type: 'KernelDeadlock', status: 'True' },
  lease: { silentSeconds: 40 },
  alert: { name: 'NodeCPUSaturated' },
  query: { expr: 'temperature', above: 0 },
  evictionStorm: { evictions: 2, windowSeconds: 600 },
  nodeEvent: { reason: 'TaskHung', count: 2, windowSeconds: 600 },
  podSymptom: { symptom: 'CrashLooping', pods: 2, namespaces: 1, stuckSeconds: 60 },
  reboots: { count: 1, windowSeconds: 3_600 },
  startup: { timeoutSeconds: 600 },
  notice: {},
}

const signalOf = (source: SignalSource, more: object = {}): Signal =>
  signalSchema.parse({ name: source, [source]: settings[source], bootGraceSeconds: 0, ...more })

const signals: readonly Signal[] = signalSources.map((source) => signalOf(source))

const status = constantFrom<ConditionStatus>('True', 'False', 'Unknown')

/** All that is said of one node at one moment, in seconds before it. */
const said = record({
  deadlock: status,
  ready: status,
  readyTurned: constantFrom(0, 500, 3_590),
  age: constantFrom(100, 3_600, 86_400),
  isTainted: boolean(),
  alerts: array(
    record({
      node: constantFrom('node-1', 'node-2'),
      about: option(constantFrom(['node-1', 'node-2']), { nil: undefined }),
    }),
    { maxLength: 2 },
  ),
  servers: uniqueArray(
    record({
      name: constantFrom('one', 'two', 'three'),
      values: array(option(integer({ min: -2, max: 2 }), { nil: undefined }), { maxLength: 3 }),
    }),
    { maxLength: 3, selector: ({ name }) => name },
  ),
  events: array(
    record({
      reason: constantFrom('TaskHung', 'SpotInterrupted', 'Other'),
      ago: integer({ min: 0, max: 599 }),
      over: constantFrom(0, 300, 3_000),
      count: integer({ min: 1, max: 3 }),
    }),
    { maxLength: 4 },
  ),
  evictions: array(integer({ min: 0, max: 599 }), { maxLength: 4 }),
  ailing: array(
    record({ ago: constantFrom(10, 100, 500), better: option(integer({ min: 0, max: 59 }), { nil: undefined }) }),
    { maxLength: 4 },
  ),
  stillFor: constantFrom(0, 39, 40, 500),
  boots: array(integer({ min: 400, max: 3_599 }), { maxLength: 2 }),
})

type Said = typeof said extends Arbitrary<infer What> ? What : never

interface Seen {
  readonly node: Node
  readonly sources: SourcesSeen
}

type Heard = ReturnType<typeof seenAt>

/** `now`: seconds after noon. `order`: how what was said came; 0: as it is written. */
function seenAt(now: number, what: Said, order = 0) {
  const prng = new Prng(order)
  const mixed = <Item>(list: readonly Item[]): readonly Item[] => {
    const rest = [...list]
    return order === 0 ? list : list.flatMap(() => rest.splice(prng.int(0, rest.length - 1), 1))
  }
  const mono = (ago: number) => monoAfter(now - ago)
  const conditions = [
    { type: 'KernelDeadlock', status: what.deadlock, heartbeat: now },
    { type: 'Ready', status: what.ready, heartbeat: now, transition: now - what.readyTurned },
  ]
  const taints = [{ key: 'other' }, ...(what.isTainted ? [{ key: 'aws-node-termination-handler/spot-itn' }] : [])]
  const made = { labels: { remediable: 'true' }, creationTimestamp: rfc3339(after(now - what.age)) }
  const alerts = what.alerts.map(({ node, about }, index) => alertFor({ node, n: String(index) }, { about }))
  const servers = what.servers.map(({ name, values }) => {
    const samples = mixed(values.map((value) => (value === undefined ? {} : { value })))
    return { server: name, answer: { at: after(now), atMono: mono(0), samples } }
  })
  const written = { component: 'kernel-monitor', message: '', regardingUID: 'uid-of-node-1' }
  const events = what.events.map(({ ago, over, ...event }) => ({
    ...event,
    ...written,
    atMono: mono(ago),
    overMs: over * 1_000,
  }))
  const crashing = { namespace: 'shop', symptom: 'CrashLooping', isGone: false } as const
  const ailing = what.ailing.map(({ ago, better }, index) => {
    const [name, betterMono] = [`web-${index}`, better === undefined ? undefined : mono(better)]
    return { ...crashing, name, uid: name, sinceMono: mono(ago), betterMono }
  })
  const evictions = mixed(what.evictions.map(mono))
  const boots = mixed(what.boots.map((ago) => ({ atMono: mono(ago), ours: false })))
  const still = mono(what.stillFor)
  return {
    node: nodeWith(mixed(conditions), made, { taints: mixed(taints) }),
    sources: {
      alerts: { kind: 'Known', at: after(now), atMono: mono(0), alerts: mixed(alerts) },
      queries: { [hotKey]: mixed(servers) },
      rules: {},
      events: { kind: 'Known', heard: mixed(events) },
      pods: { kind: 'Known', evictions, ailing: mixed(ailing), sandboxProblem: undefined },
      lease: { kind: 'Known', lookedAtMono: mono(0), stillSinceMono: still, movedAtMono: still, renewTime: '' },
      boots: { kind: 'Known', watchedSinceMono: mono(86_400), boots },
    },
  } satisfies Seen
}

const hotKey = queryKey(signalOf('query').query ?? { expr: '', absentMeans: 'Unknown' })

/** Nobody can be asked any more. What was heard before is kept where a source keeps it; a Node that is told of no more says nothing. */
function silenced({ node, sources }: Seen): Seen {
  const [kind, message] = ['Unavailable', 'connection refused'] as const
  const { alerts, queries, events } = sources
  return {
    node: {
      ...node,
      conditions: node.conditions.filter(({ type }) => type !== 'Ready'),
      metadata: { ...node.metadata, creationTimestamp: undefined },
    },
    sources: {
      alerts: { kind, reason: 'SourceUnavailable', message, sinceMono: monoAfter(0), alerts: alerts.alerts },
      // One of several is enough: what the others show is not all.
      queries: { [hotKey]: [...(queries[hotKey] ?? []), { server: 'silent', problem: message }] },
      rules: {},
      events: { kind, message, heard: events.heard },
      pods: { kind, message },
      lease: { kind, message },
      boots: { kind, message },
    },
  }
}

/** Later than the longest window and freshness of any of these signals. */
const longAfter = 3_601

/**
 * What was said of a node, long after, while its watch still runs: then it is known that its pods are better, that it is Ready and
 * bears no mark, for all that stands in the cluster.
 */
function outlived({ node, sources }: Heard): Heard {
  const conditions = node.conditions.map((one) => (one.type === 'Ready' ? { ...one, status: 'True' as const } : one))
  const ailing = sources.pods.ailing.map((pod) => ({ ...pod, betterMono: monoAfter(0) }))
  return { node: { ...node, conditions, taints: [] }, sources: { ...sources, pods: { ...sources.pods, ailing } } }
}

/** What is fresh, and beside it what has long been over. */
function besideStale({ node, sources: now }: Heard, stale: Heard): Seen {
  const { alerts, queries, events, pods, boots } = outlived(stale).sources
  const lapsed = alerts.alerts.map((alert) => ({ ...alert, lapsesMono: monoAfter(200) }))
  const silent = (queries[hotKey] ?? []).map((heard) => ({ ...heard, server: `stale ${heard.server}` }))
  const evictions = [...pods.evictions, ...now.pods.evictions]
  const sources: SourcesSeen = {
    ...now,
    alerts: { ...now.alerts, alerts: [...lapsed, ...now.alerts.alerts] },
    queries: { [hotKey]: [...silent, ...(now.queries[hotKey] ?? [])] },
    events: { ...now.events, heard: [...events.heard, ...now.events.heard] },
    pods: { ...now.pods, evictions, ailing: [...pods.ailing, ...now.pods.ailing] },
    boots: { ...now.boots, boots: [...boots.boots, ...now.boots.boots] },
  }
  return { node, sources }
}

interface Circumstance {
  readonly now?: number
  readonly stood?: boolean
  readonly silentMs?: number
}

const claimed = (
  signal: Signal,
  { node, sources }: Seen,
  { now = 0, stood = false, silentMs = 0 }: Circumstance = {},
) => claimOf(signal, look({ node, stood, ...at(now), silentMs: () => silentMs }, sources))

/** Longer than the writer of a condition may be silent. */
const silentMs = 901_000
const runs = { numRuns: 100 }
/** Of whole stretches of time, which take longer. */
const stretches = { numRuns: 40 }
/** Who is asked has an answer that grows old. */
const asked: ReadonlySet<SignalSource> = new Set(['nodeCondition', 'lease', 'alert', 'query'])
const each = signalSources.map((source) => [source, signalOf(source)] as const)

test.each(each)('%s: the worlds below are worth asking about, for it says yes and no in them', (_, signal) => {
  const worlds = sample(said, { numRuns: 300, seed: 1 }).map((what) => seenAt(0, what))
  const states = new Set(worlds.map((world) => claimed(signal, world).state))
  expect([...states]).toEqual(expect.arrayContaining(['True', 'False']))
})

describe('silence never heals or sickens', () => {
  test.each(each)('%s: who cannot be asked is not known, unless trouble is still to be seen', (_, signal) => {
    const holds = property(said, boolean(), (what, stood) => {
      const before = claimed(signal, seenAt(0, what), { stood }).state
      const now = claimed(signal, silenced(seenAt(0, what)), { stood, silentMs }).state
      expect(now === 'Unknown' || (now === 'True' && before === 'True')).toBe(true)
    })
    assert(holds, runs)
  })

  const variants = [{}, { leaveSeconds: 90 }, { holdSeconds: 60 }, { samples: { atLeast: 2, of: 3 } }]

  test.each(each)('%s: however long, whatever was before and whatever its policy counts', (source) => {
    const policies = variants.map((variant) => policyOf(source, variant))
    const holds = property(
      array(said, { minLength: 1, maxLength: 4 }),
      nat(variants.length - 1),
      (speaking, variant) => {
        const spoken = speaking.map((what, index) => [index * 20, seenAt(index * 20, what)] as const)
        const [lastAt, last] = spoken.at(-1) ?? [0, seenAt(0, ordinary)]
        const silence = [901, 950, 2_000, 90_000].map((later) => [lastAt + later, silenced(last)] as const)
        const states = beliefs(policies[variant], [...spoken, ...silence]).slice(spoken.length - 1)
        const turns = states.slice(1).map((state, index) => [states[index], state] as const)
        // Of an alert others may still tell, and counted events are kept.
        const isAsked = asked.has(source) && source !== 'alert'
        for (const [before, now] of turns) expect(isAsked ? ['Unknown'] : [before, 'Unknown']).toContain(now)
      },
    )
    assert(holds, stretches)
  })
})

describe('the order of arrival is irrelevant', () => {
  test.each(each)('%s: whichever of what is heard came first', (_, signal) => {
    const holds = property(said, integer({ min: 1, max: 1_000 }), boolean(), (what, order, stood) => {
      const [one, other] = [seenAt(0, what), seenAt(0, what, order)].map((seen) => claimed(signal, seen, { stood }))
      expect([other?.state, other?.value]).toEqual([one?.state, one?.value])
    })
    assert(holds, runs)
  })

  test('whichever source was heard first, the end is the same', () => {
    const every = preparedPolicy({ signals, diagnoses: signalSources.map(diagnosisOf) })
    const news = uniqueArray(constantFrom(...newsOf.keys()), { minLength: newsOf.length, maxLength: newsOf.length })
    const holds = property(said, news, (what, order) => {
      const inTurn = (turn: readonly number[]): readonly (ConditionStatus | undefined)[] => {
        const heard = turn.map((_, index) =>
          turn.slice(0, index + 1).reduce((now, which) => newsOf[which]?.(now, what) ?? now, ordinary),
        )
        const looks = [ordinary, ...heard].map((now) => [0, seenAt(0, now)] as const)
        return allBeliefs(every, looks).at(-1) ?? []
      }
      expect(inTurn(order)).toEqual(inTurn([...newsOf.keys()]))
    })
    assert(holds, stretches)
  })
})

describe('a longer hold never acts earlier', () => {
  const holdsOf = [0, 10, 60, 300]
  const steps = array(record({ what: option(said, { nil: undefined }), later: constantFrom(5, 30, 120) }), {
    minLength: 1,
    maxLength: 6,
  })
  const pairs = uniqueArray(nat(holdsOf.length - 1), { minLength: 2, maxLength: 2 })

  /** Where nothing is said, the same is said again. */
  const viewsOf = (all: readonly { readonly what: Said | undefined; readonly later: number }[]): Views => {
    let [now, last] = [0, ordinary]
    return all.map(({ what = last, later }) => {
      now += later
      last = what
      return [now, seenAt(now, what)] as const
    })
  }

  test.each(each)('%s: what is ripe after a longer one is ripe after a shorter', (source) => {
    const policies = holdsOf.map((holdSeconds) => policyOf(source, { holdSeconds }))
    const holds = property(steps, pairs, (all, pair) => {
      const [shorter = 0, longer = 0] = pair.toSorted((one, other) => one - other)
      const [early, late] = [shorter, longer].map((which) => ripeness(policies[which], viewsOf(all)))
      expect(late?.filter((isRipe, index) => isRipe && early?.[index] !== true)).toEqual([])
    })
    assert(holds, stretches)
  })

  test.each(each)('%s: with a hold it becomes ripe at all', (source) => {
    const policy = policyOf(source, { holdSeconds: 10 })
    const stories = sample(steps, { numRuns: 200, seed: 1 })
    expect(stories.some((all) => ripeness(policy, viewsOf(all)).includes(true))).toBe(true)
  })
})

describe('what is stale never raises a verdict', () => {
  test.each(each)('%s: long after, nothing that was said accuses', (source, signal) => {
    const holds = property(said, (what) => {
      const { state } = claimed(signal, outlived(seenAt(0, what)), { now: longAfter, silentMs })
      expect(asked.has(source) ? ['Unknown'] : ['Unknown', 'False']).toContain(state)
    })
    assert(holds, runs)
  })

  test.each(each)('%s: beside what is fresh it adds nothing', (_, signal) => {
    const holds = property(said, said, boolean(), (fresh, stale, stood) => {
      const circumstance = { now: longAfter, stood }
      const before = claimed(signal, seenAt(longAfter, fresh), circumstance).state
      const now = claimed(signal, besideStale(seenAt(longAfter, fresh), seenAt(0, stale)), circumstance).state
      expect(now === 'True' && before !== 'True').toBe(false)
    })
    assert(holds, runs)
  })
})

/** A node that is well, and has been for long. */
const ordinary: Said = {
  deadlock: 'False',
  ready: 'True',
  readyTurned: 3_590,
  age: 86_400,
  isTainted: false,
  alerts: [],
  servers: [{ name: 'one', values: [-1] }],
  events: [],
  evictions: [],
  ailing: [],
  stillFor: 0,
  boots: [],
}

/** One source after the other learns what is so. */
const newsOf: readonly ((now: Said, what: Said) => Said)[] = [
  (now, { deadlock, ready, readyTurned, age, isTainted }) => ({ ...now, deadlock, ready, readyTurned, age, isTainted }),
  (now, { alerts }) => ({ ...now, alerts }),
  (now, { servers }) => ({ ...now, servers }),
  (now, { events }) => ({ ...now, events }),
  (now, { evictions, ailing }) => ({ ...now, evictions, ailing }),
  (now, { stillFor }) => ({ ...now, stillFor }),
  (now, { boots }) => ({ ...now, boots }),
]

const diagnosisOf = (source: SignalSource) => ({
  name: source.toLowerCase(),
  class: 'Fault',
  when: source,
  treatments: ['power-cycle'],
})

const policyOf = (source: SignalSource, more: object): PreparedPolicy =>
  preparedPolicy({ signals: [signalOf(source, more)], diagnoses: [diagnosisOf(source)] })

type Views = readonly (readonly [now: number, seen: Seen])[]

function decisionsOf(policy: PreparedPolicy | undefined, views: Views) {
  let memory: HealthObservation['memory']
  return views.map(([now, { node, sources }]) => {
    const policies = policy === undefined ? [] : [policy]
    const decision = decide(observation({ ...at(now), node, sources, policies, memory }))
    memory = decision.memory
    return decision
  })
}

const ripeness = (policy: PreparedPolicy | undefined, views: Views): readonly boolean[] =>
  decisionsOf(policy, views).map(({ ripe }) => ripe.length > 0)

const allBeliefs = (policy: PreparedPolicy | undefined, views: Views): readonly (readonly ConditionStatus[])[] =>
  decisionsOf(policy, views).map(({ memory }) => Object.values(memory?.held ?? {}).map(({ state }) => state))

const beliefs = (policy: PreparedPolicy | undefined, views: Views): readonly (ConditionStatus | undefined)[] =>
  allBeliefs(policy, views).map(([state]) => state)
