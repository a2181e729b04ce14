import type { EvidenceCase } from '../../api/evidence-file.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { later, rfc3339 } from '../../kernel/time.ts'
import { queryKey, sampleOf } from '../detect/sources/query-sample.ts'
import type { AilingPod, LeaseSeen, QuerySeen, SourcesSeen } from '../detect/sources-seen.ts'
import type { ScriptTime, Standing } from './given.ts'

interface Asked extends ScriptTime {
  readonly start: ScriptTime
  readonly signals: readonly Signal[]
}

/** What every source would say of the node at this moment, asked just now. */
export function sourcesGiven({ node }: EvidenceCase, standing: Standing, asked: Asked): SourcesSeen {
  const { now, mono: at, start } = asked
  const isDown = (source: Standing['unavailable'][number]): boolean => standing.unavailable.includes(source)
  const down = { kind: 'Unavailable', message: 'the script says that it cannot be asked' } as const
  return {
    alerts: isDown('alerts')
      ? { ...down, reason: 'SourceUnavailable', sinceMono: at, alerts: [] }
      : { kind: 'Known', at: now, atMono: at, alerts: standing.alerts.map((alert) => alertGiven(node.name, alert)) },
    queries: queriesGiven(standing, asked, isDown('queries') ? down.message : undefined),
    rules: {},
    events: isDown('events') ? { ...down, heard: [] } : { kind: 'Known', heard: eventsGiven(node.name, standing) },
    pods: isDown('pods')
      ? down
      : { kind: 'Known', evictions: standing.evictions, ailing: ailingGiven(standing), sandboxProblem: undefined },
    lease: isDown('lease') ? down : leaseGiven(standing.lease, asked),
    boots: isDown('boots')
      ? down
      : {
          kind: 'Known',
          watchedSinceMono: start.mono,
          boots: standing.boots.map((atMono) => ({ atMono, ours: false })),
        },
  }
}

const alertGiven = (node: string, { name, labels, since }: Standing['alerts'][number]) => ({
  labels: { alertname: name, node, ...labels },
  startsAt: since,
  updatedAt: since,
  state: 'active' as const,
  fingerprint: `${name}/${Object.values(labels).join('/')}`,
})

const eventsGiven = (node: string, { events }: Standing) =>
  events.map(({ at, ...event }) => ({ ...event, regardingUID: `uid-of-${node}`, atMono: at, overMs: 0 }))

function ailingGiven({ ailingPods }: Standing): readonly AilingPod[] {
  return ailingPods.flatMap(({ symptom, pods, namespaces, since }) =>
    Array.from({ length: pods }, (_, index) => {
      const name = `pod-${index + 1}`
      const namespace = `namespace-${(index % namespaces) + 1}`
      return {
        namespace,
        name,
        uid: `${symptom}/${name}`,
        symptom,
        sinceMono: since,
        betterMono: undefined,
        isGone: false,
      }
    }),
  )
}

/** It moves every ten seconds, as that of a kubelet does, until it is silent. */
function leaseGiven({ state, since }: Standing['lease'], { mono: at, now }: Asked): LeaseSeen {
  const moved = state === 'Renewed' ? at : since
  const seen = state === 'Absent' ? undefined : moved
  return {
    kind: 'Known',
    lookedAtMono: at,
    stillSinceMono: seen,
    movedAtMono: seen,
    renewTime: rfc3339(later(now, moved - at)),
  }
}

function queriesGiven({ queries }: Standing, { signals, now, mono: at }: Asked, problem: string | undefined) {
  const answers = signals.flatMap(({ name, query }): readonly (readonly [string, QuerySeen])[] => {
    const given = queries[name]
    if (query === undefined) return []
    if (problem !== undefined || given === undefined || given === 'Unavailable') {
      const why =
        problem ?? (given === undefined ? 'the script says nothing of it' : 'the script says that it does not answer')
      return [[queryKey(query), [{ server: 'script', problem: why }]]]
    }
    const series = given === 'Absent' ? [] : typeof given === 'number' ? [given] : given
    const samples = series.map((value) => sampleOf(query, steadyValues(query.range, value)))
    return [[queryKey(query), [{ server: 'script', answer: { at: now, atMono: at, samples } }]]]
  })
  return Object.fromEntries(answers)
}

/** Over a range the number has been the same all along. */
const steadyValues = (range: NonNullable<Signal['query']>['range'], value: number): readonly number[] =>
  range === undefined
    ? [value]
    : Array.from({ length: Math.max(1, Math.floor(range.windowSeconds / range.stepSeconds)) }, () => value)
