import { expect, test } from 'vitest'
import { nodeKind } from '../../api/core/node.ts'
import { podKind } from '../../api/core/pod.ts'
import { type Signal, signalSchema } from '../../api/v1alpha1/signal.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { UnavailableError } from '../../ports/errors.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../runtime/fake-log.fixture.ts'
import { AlertPoll } from '../alert-poll.ts'
import { FakeWatched } from '../watched.fixture.ts'
import { NodeBoots } from './node-boots.ts'
import { NodeEvents } from './node-events.ts'
import { NodePods } from './node-pods.ts'
import { Sources } from './sources.ts'

const window = { count: 1, windowSeconds: 600 }
const allSignals: Readonly<Record<string, JsonObject>> = {
  events: { nodeEvent: { reason: 'IOError', ...window } },
  notice: { notice: { kind: 'Termination' } },
  storm: { evictionStorm: { evictions: 10, windowSeconds: 300 } },
  crashes: { podSymptom: { symptom: 'CrashLooping', pods: 3, stuckSeconds: 60 } },
  sandboxes: { podSymptom: { symptom: 'SandboxFailing', pods: 3, stuckSeconds: 60 } },
  boots: { reboots: window },
}

/** What each of them last heard so long ago, in ms; infinite: never. */
function standing(asked: readonly (keyof typeof allSignals)[]) {
  const [clock, log] = [new FakeClock(), new FakeLog()]
  const silent = { events: 1_000, sandboxes: 2_000, pods: 3_000, nodes: 4_000 }
  const signals = asked.map((name): Signal => signalSchema.parse({ name, ...allSignals[name] }))
  const asks = (which: (signal: Signal) => boolean): boolean => signals.some(which)
  const heard = (of: keyof typeof silent) => ({
    hasSynced: () => Number.isFinite(silent[of]),
    stalenessMs: () => silent[of],
  })
  const watch = (of: keyof typeof silent) => ({
    onChange: () => {},
    onKnown: () => {},
    problem: () => (silent[of] < 180_000 ? undefined : `${of} are silent`),
    silentForMs: () => silent[of],
  })
  const nodes = Object.assign(new FakeWatched(nodeKind, {}), heard('nodes'))
  const pods = Object.assign(new FakeWatched(podKind, {}), heard('pods'))
  const reader = {} as unknown as ClusterReader
  const main = {
    name: 'main',
    list: async () => {
      throw new UnavailableError('connection refused')
    },
  }
  const alerts = new AlertPoll({ clock, log, alerts: [main] }, { everyMs: 15_000 })
  const ports = { clock, reader, nodes, pods, asks }
  const sources = new Sources({
    alerts,
    feeds: [
      new NodeEvents({ ...ports, watch: watch('events') }),
      new NodePods({ ...ports, sandboxes: watch('sandboxes') }),
      new NodeBoots({ ...ports, runs: { byIndex: () => [] } }),
    ],
  })
  return { sources, silent }
}

const said = ({ sources }: ReturnType<typeof standing>) =>
  sources.health().map(({ kind, name, problem, heardMsAgo }) => [kind, name, problem, heardMsAgo])

test('of everything that policies ask for it is known when it was last heard, and what is wrong with it', () => {
  const all = standing(Object.keys(allSignals))
  expect(said(all)).toEqual([
    ['alert', 'main', 'it has not been asked yet', undefined],
    ['nodeEvent', 'events', undefined, 1_000],
    ['notice', 'events', undefined, 1_000],
    ['evictionStorm', 'pods', undefined, 3_000],
    ['podSymptom', 'pods', undefined, 3_000],
    ['podSymptom', 'sandboxes', undefined, 2_000],
    ['reboots', 'boots', undefined, 4_000],
  ])
  Object.assign(all.silent, { events: 200_000, pods: Number.POSITIVE_INFINITY, nodes: 180_000 })
  expect(said(all).slice(1)).toEqual([
    ['nodeEvent', 'events', 'events are silent', 200_000],
    ['notice', 'events', 'events are silent', 200_000],
    ['evictionStorm', 'pods', 'pods have not been read yet', undefined],
    ['podSymptom', 'pods', 'pods have not been read yet', undefined],
    ['podSymptom', 'sandboxes', undefined, 2_000],
    ['reboots', 'boots', 'nodes have not been heard of for a while', 180_000],
  ])
})

test('what no policy asks for is not told of', () => {
  expect(said(standing([])).map(([kind]) => kind)).toEqual(['alert'])
  expect(said(standing(['crashes'])).map(([, name]) => name)).toEqual(['main', 'pods'])
})
