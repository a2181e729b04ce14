import { hours, minutes, seconds } from '../../kernel/time.ts'
import { plainPlan } from '../plan/plain-plan.ts'
import type { Incident, Plan } from '../plan/plan.ts'
import { proofs } from './proofs.ts'
import { befalls, missed, ordinary, told } from './shorthand.ts'
import { stubbornBmcs } from './stubborn-bmcs.ts'

const asking = { ...ordinary.policy, asksQueries: true }

const listening = { ...ordinary.policy, asksCluster: true }

const healing = { ...ordinary.policy, treatsInPlace: true }

/** Nodes are deleted and come back, in weather that lets time pass between a look and what it leads to. */
const nodesThatGo = {
  seed: 338,
  cluster: { nodes: 3, zones: 2, rented: 1, timings: { bootMs: seconds(30), namespaceEmptyMs: 6_412 } },
  replicas: [
    { skewMs: 0, driftPpm: -6_377 },
    { skewMs: 0, driftPpm: 1_605 },
  ],
  policy: {
    ...ordinary.policy,
    maxConcurrent: 1,
    maxPerHour: 10,
    attemptsMax: 2,
    bootTimeoutSeconds: { reboot: 110, powerCycle: 190 },
  },
  faults: {
    RequestLost: 17,
    ResponseLost: 37,
    WatchDelayed: 56,
    ServerTimedOut: 88,
    AnswerSlow: 33,
    WebhookFailed: 41,
    WatchCoalesced: 78,
  },
  actors: { HandlesRuns: 60, HostileNode: 94, ForgetfulDetectors: 53, RecreatedNodes: 78 },
} as const

const killed: Incident = { kind: 'Killed', atMs: 79_179, forMs: 8_968, replica: 1 }

const metricTroubles = ['MetricsDown', 'MetricsEmpty', 'MetricsPartial', 'MetricsOld', 'MetricsSlow'] as const

/**
 * What once went wrong, or would be worst, as plans by hand: short, without chance in the weather, and kept. A seed that fails leaves
 * its cause here. Read one with `npm run sim:replay -- NAME`.
 */
export const scenarios: Readonly<Record<string, Plan>> = {
  ...proofs,
  ...stubbornBmcs,
  /** The gate that counts starts asked for the oldest of none. */
  'no-start-in-an-hour': plainPlan({ policy: { ...ordinary.policy, maxPerHour: 0 }, stories: [told('Deadlock')] }),
  /** A run under way gave its node back into a ledger that had come back without it, and the node got no rest. */
  'ledger-lost-in-mid-run': plainPlan({
    seed: 17,
    cluster: { nodes: 3, zones: 1, rented: 0 },
    policy: { ...ordinary.policy, maxConcurrent: 1, pacePercent: 100 },
    stories: [told('Deadlock')],
    actors: { HandlesRuns: 100, HandlesBooks: 100 },
    stormMs: seconds(400),
  }),
  /** Retried before its slot was given back: the slot in hand spared it the question how many attempts are left. */
  'retried-with-the-slot-in-hand': plainPlan({
    seed: 7,
    cluster: { nodes: 3, zones: 1, rented: 0 },
    policy: { ...ordinary.policy, maxConcurrent: 1, attemptsMax: 1, pacePercent: 100 },
    stories: [told('Deadlock')],
    actors: { HandlesRuns: 100, Pauses: 80 },
    stormMs: minutes(5),
  }),
  /** Its diagnosis comes and goes, and nothing may start: the gate says that it flaps. */
  'flapping-without-a-start': plainPlan({
    seed: 1,
    cluster: { nodes: 3, zones: 1, rented: 0 },
    policy: { ...ordinary.policy, maxPerHour: 0, pacePercent: 11 },
    stories: [30, 400, 700].map((atSeconds) => told('Flapping', atSeconds, 5)),
    stormMs: minutes(18),
  }),
  'zombie-leader': plainPlan({
    stories: [told('Deadlock')],
    incidents: [40, 45, 50, 60, 75, 120].map((at) => befalls('FrozenBeforeWrite', [at, 19])),
  }),
  'frozen-past-the-lease': plainPlan({
    stories: [told('Deadlock'), told('Overload', 35)],
    incidents: [45, 100, 160].map((at) => befalls('Frozen', [at, 40])),
  }),
  'api-server-away': plainPlan({
    stories: [told('Deadlock'), told('Overload', 35)],
    incidents: [{ kind: 'ServerDown', atMs: seconds(50), forMs: minutes(3) }],
  }),
  'api-server-away-for-everybody': plainPlan({
    stories: [told('Deadlock'), told('Hung', 100), told('Overload', 35)],
    incidents: [{ kind: 'ServerDown', atMs: seconds(50), forMs: minutes(3), isForAll: true }],
  }),
  /** Nobody is sick: every lease is old at the same moment, and every node Unknown. */
  'leases-old-at-once': plainPlan({
    cluster: { nodes: 6, zones: 3, rented: 2 },
    policy: { ...ordinary.policy, pacePercent: 20 },
    incidents: [{ kind: 'ServerDown', atMs: seconds(60), forMs: minutes(3), isForAll: true }],
    stormMs: minutes(6),
  }),
  'store-read-only': plainPlan({
    stories: [told('Deadlock')],
    incidents: [{ kind: 'EtcdReadOnly', atMs: seconds(48), forMs: minutes(3) }],
  }),
  'an-hour-off': plainPlan({
    replicas: [
      { skewMs: hours(1), driftPpm: 10_000 },
      { skewMs: -hours(1), driftPpm: -10_000 },
    ],
    stories: [told('Deadlock')],
    incidents: [befalls('Killed', [60, 90]), befalls('ClockStepped', [180, 120], { replica: 1, byMs: hours(1) })],
  }),
  'cut-off-for-ever': plainPlan({
    stories: [told('Deadlock', 200)],
    incidents: [befalls('CutFromServer', [205, 86_400], { replica: 1 }), befalls('Killed', [20, 30])],
  }),
  'no-road-to-the-bmcs': plainPlan({
    stories: [told('Hung')],
    incidents: [befalls('CutFromBmcs', [10, 600]), befalls('CutFromBmcs', [10, 600], { replica: 1 })],
  }),
  /** A leader that reaches no BMC kept the lease from one that does. */
  'no-road-for-the-leader': plainPlan({
    stories: [told('Hung')],
    incidents: [befalls('CutFromBmcs', [10, 86_400])],
    stormMs: minutes(3),
    core: 1,
  }),
  /** The window was open for less than the patience of such a leader: it began to wait anew each time, for ever. */
  'no-road-for-the-leader-in-a-short-window': plainPlan({
    stories: [told('Hung')],
    policy: { ...ordinary.policy, calendar: { window: { everyMinutes: 12, durationSeconds: 96 } } },
    incidents: [befalls('CutFromBmcs', [10, 86_400])],
    stormMs: minutes(3),
    core: 1,
  }),
  'rolled-out-in-mid-run': plainPlan({
    stories: [told('Deadlock'), told('Overload', 35)],
    incidents: [{ kind: 'RolledOut', atMs: seconds(55), forMs: minutes(5) }],
  }),
  swizzled: plainPlan({
    stories: [told('Deadlock'), told('Overload', 35)],
    incidents: [{ kind: 'Swizzled', atMs: seconds(20), forMs: minutes(4), seed: 8 }],
  }),
  'zone-cut-off': plainPlan({ stories: [told('ZoneCut')], cluster: { nodes: 6, zones: 3, rented: 1 } }),
  storm: plainPlan({ stories: [told('Storm')], cluster: { nodes: 8, zones: 3, rented: 1 } }),
  /** Many are sick, and people ask for many more: each slot that moves once made everybody who waits read, and list all runs. */
  'storm-of-requests': plainPlan({
    cluster: { nodes: 12, zones: 4, rented: 0 },
    policy: { ...ordinary.policy, maxConcurrent: 4, maxPerHour: 60, maxUnhealthyPercent: 100 },
    stories: Array.from({ length: 15 }, (_, index) =>
      told(index % 2 === 0 ? 'ManualRun' : 'Deadlock', 31 + index, 1 + index),
    ),
    stormMs: minutes(6),
  }),
  /** Its pods are in namespaces that are to end and that nobody has come to yet: nothing in them can be evicted. */
  'namespaces-that-end': plainPlan({
    seed: 2,
    cluster: { nodes: 3, zones: 1, rented: 0, timings: { namespaceEmptyMs: minutes(2) } },
    policy: { ...ordinary.policy, drain: { deadlineSeconds: 300, onDeadline: 'Proceed' } },
    stories: [told('Deadlock', 120), told('ManualRun', 200, 5)],
    actors: { EndsNamespaces: 100 },
    stormMs: minutes(8),
  }),
  asleep: plainPlan({ policy: { ...ordinary.policy, mode: 'Approve' }, stories: [told('Deadlock')] }),
  /** Its caches came back long after the first answer, and the hold had run out on what they showed. It never held for so long. */
  'flapped-while-nobody-looked': plainPlan({
    cluster: { nodes: 3, zones: 1, rented: 0 },
    replicas: [{ skewMs: 0, driftPpm: 0 }],
    policy: { ...ordinary.policy, pacePercent: 100 },
    stories: [told('Flapping', 40, 2_713)],
    incidents: [{ kind: 'ServerDown', atMs: seconds(43), forMs: seconds(25) }],
    stormMs: minutes(3),
  }),
  /** Only Prometheus shows it, and only newer samples show that it is over. */
  zombies: plainPlan({ policy: asking, stories: [told('Zombies')], stormMs: minutes(4) }),
  /** A query sees the load before the alert about it fires. */
  'busy-by-a-query': plainPlan({ policy: asking, stories: [told('Overload')], stormMs: minutes(4) }),
  /** Nobody is sick: whatever a Prometheus in trouble says or leaves out, nobody is treated for it. */
  'metrics-in-trouble': plainPlan({
    policy: asking,
    incidents: metricTroubles.map((kind, index) => ({ kind, atMs: minutes(1 + 4 * index), forMs: minutes(3) })),
    stormMs: minutes(22),
  }),
  /** It is sick, and one trouble of the Prometheus follows the other while it is treated. */
  'zombies-and-metrics-in-trouble': plainPlan({
    policy: asking,
    stories: [told('Zombies')],
    incidents: metricTroubles.map((kind, index) => ({ kind, atMs: seconds(50 + 40 * index), forMs: seconds(35) })),
    stormMs: minutes(5),
  }),
  /** It is overloaded when the only one who tells of it forgets everything: that is no word of health. */
  'alertmanager-started-anew': plainPlan({
    stories: [told('Overload')],
    incidents: [befalls('AlertsEmpty', [80, 100])],
    stormMs: minutes(6),
  }),
  /** Only its pods show it, and a drain takes them away. */
  'pods-crash': plainPlan({ policy: listening, stories: [told('PodsCrash')], stormMs: minutes(4) }),
  /** What nobody needs goes, and no pod moves. */
  'disk-full': plainPlan({ policy: healing, stories: [told('DiskFull')], stormMs: minutes(8) }),
  /** All that fills it is needed: no rung frees it, and people are asked. */
  'disk-needed': plainPlan({ policy: healing, stories: [told('DiskFull', 30, 3)], stormMs: minutes(30) }),
  /** It said that its runtime was well while the job that had restarted it was still there, and then nothing more for minutes. */
  'runtime-restarted': plainPlan({ policy: healing, stories: [told('RuntimeDead')], stormMs: minutes(8) }),
  /** It does not start anew, the restart of the kubelet does not help, and power does. */
  'runtime-stubborn': plainPlan({ policy: healing, stories: [told('RuntimeDead', 30, 1)], stormMs: minutes(8) }),
  /** It starts no pod any more, so that no job runs. */
  'runtime-dead': plainPlan({ policy: healing, stories: [told('RuntimeDead', 30, 6)], stormMs: minutes(8) }),
  /** Only events tell of it. */
  'io-errors': plainPlan({ policy: listening, stories: [told('IOErrors')], stormMs: minutes(4) }),
  /** Nobody is sick: what is heard late or not at all accuses nobody. */
  'listening-in-bad-weather': plainPlan({
    policy: listening,
    incidents: [
      { kind: 'ServerDown', atMs: minutes(1), forMs: minutes(3) },
      { kind: 'EtcdReadOnly', atMs: minutes(6), forMs: minutes(3) },
    ],
    stormMs: minutes(10),
  }),
  /** After a long outage the watch of the pauses comes back last of all: somebody may have said stop, and no cache knows of it. */
  'pauses-unheard': plainPlan({
    seed: 7,
    replicas: [{ skewMs: 0, driftPpm: 0 }],
    incidents: [befalls('ServerDown', [30, 250]), befalls('CutFromServer', [265, 30])],
    stories: [told('Deadlock', 200)],
    stormMs: minutes(7),
  }),
  /** It was read while it was sick; then the ledger was read slowly, and the process stood still. The run was created all the same. */
  'begun-on-an-old-look': plainPlan({
    seed: 7,
    cluster: { nodes: 3, zones: 1, rented: 0 },
    replicas: [{ skewMs: 0, driftPpm: 0 }],
    policy: { ...ordinary.policy, pacePercent: 100 },
    stories: [told('RecoversAlone', 29, 31)],
    strikes: [{ replica: 0, start: 1, request: 42, fault: 'AnswerSlow' }],
    incidents: [befalls('FrozenBeforeWrite', [42.4, 6])],
    stormMs: seconds(80),
  }),
  /** The watch of the runs left one out: it was created again and again, and nobody carried it on. */
  'run-lost-by-a-cache': plainPlan({
    cluster: { nodes: 3, zones: 1, rented: 0 },
    replicas: [{ skewMs: 0, driftPpm: 0 }],
    stories: [told('Deadlock')],
    strikes: [missed('noderemediations')],
    stormMs: minutes(2),
    calmMaxMs: minutes(15),
  }),
  /** A zone was dark and no breaker tripped, for the leader's cache had lost the ledger. When the zone was back, the next leader began. */
  'ledger-lost-by-a-cache': plainPlan({
    cluster: { nodes: 6, zones: 2, rented: 0 },
    stories: [told('ZoneCut', 10, 6), told('Deadlock', 400)],
    strikes: [missed('disruptionledgers')],
    incidents: [befalls('Killed', [375, 3_600])],
    stormMs: minutes(7),
    core: 1,
  }),
  /** A person took its slot out of the ledger while it gave its node back: nobody wrote down its end, and the node got no rest. */
  'slot-taken-at-the-end': plainPlan({
    seed: 113,
    cluster: { nodes: 3, zones: 1, rented: 0, timings: { bootMs: seconds(12) } },
    replicas: [{ skewMs: 0, driftPpm: 0 }],
    policy: { ...ordinary.policy, pacePercent: 20 },
    stories: [told('Relapsing', 5, 47)],
    actors: { HandlesBooks: 86 },
    strikes: [{ replica: 0, start: 1, step: 'Releasing', request: 1, fault: 'KilledAfter' }],
    stormMs: seconds(90),
  }),
  /** The Node went a second after its reboot was ordered: the run was ended first and the order withdrawn later, too late. */
  'gone-while-ordered': plainPlan({
    ...nodesThatGo,
    incidents: [killed],
    stories: [{ kind: 'RecoversAlone', atMs: 95_381, seed: 715_303 }],
    stormMs: minutes(2.5),
  }),
  /** The Node went between the look and the order: the job was sent for one that was not there any more. */
  'gone-before-the-order': plainPlan({
    ...nodesThatGo,
    policy: { ...nodesThatGo.policy, drainRules: { localVolumes: 'Evict' } },
    incidents: [{ kind: 'AlertsEmpty', atMs: 53_964, forMs: 446_454 }, killed],
    stories: [{ kind: 'Paused', atMs: 125_230, seed: 342_642 }],
    stormMs: minutes(5),
    calmMaxMs: minutes(30),
  }),
  /** More are overloaded than may be treated for it, for as long as there is too much to do. No object said why they wait. */
  'busy-evening': plainPlan({
    cluster: { nodes: 3, zones: 1, rented: 5 },
    policy: { ...ordinary.policy, maxConcurrent: 1, maxUnhealthyPercent: 20, pacePercent: 100 },
    stories: [1, 2, 3, 4, 5, 6, 7].map((each) => told('Overload', 30 + each, each)),
    stormMs: minutes(15),
  }),
  /** A few pods at a time, until the load is below, and no more. */
  'relieved-wave-by-wave': plainPlan({
    policy: { ...ordinary.policy, relieves: true },
    stories: [told('Overload')],
    stormMs: minutes(15),
  }),
  /** Pods that may not be moved, that take their time, and that a finalizer keeps. */
  'owners-who-forbid': plainPlan({
    seed: 5,
    stories: [told('Deadlock', 60), told('Deadlock', 90, 9), told('Overload', 120, 9)],
    actors: { CarefulOwner: 100, RudeOwner: 100 },
    stormMs: minutes(15),
  }),
  /** Pods were told to go, and then nobody hears of their kubelet any more. */
  'zone-cut-in-a-drain': plainPlan({
    seed: 2,
    cluster: { nodes: 4, zones: 2, rented: 4 },
    policy: { ...ordinary.policy, maxConcurrent: 3, pacePercent: 100 },
    stories: [told('Overload', 30, 2), told('ZoneCut', 100, 2)],
    stormMs: minutes(8),
  }),
  'watching-only': plainPlan({ policy: { ...ordinary.policy, mode: 'Observe' }, stories: [told('Storm')] }),
}
