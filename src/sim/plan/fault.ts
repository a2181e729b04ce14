/** What may befall a single request, answer or watch: each with the worst rate, per mille of its occasions. */
export const chances = {
  /** The request never arrives. */
  RequestLost: 40,
  /** It arrives after the caller has given up. */
  RequestLate: 40,
  /** It was served, and nobody hears of it. */
  ResponseLost: 40,
  /** Nothing was sent: the connection is refused. */
  ServerRefused: 40,
  /** The API server is busy and asks for patience. */
  Throttled: 40,
  /** Somebody writes to the same object between our look and our write. */
  ConflictingWrite: 80,
  /** A watch ends, or breaks. */
  WatchDropped: 250,
  /** A watch falls behind: what it tells is old. */
  WatchDelayed: 250,
  /** A watch says nothing more and stays open. */
  WatchSilent: 60,
  /** Nothing was done, says the API server. */
  ServerFailed: 40,
  /** It was done, and the API server says that it knows nothing. */
  ServerTimedOut: 40,
  /** A read that is content with any version is shown an old one. */
  StaleRead: 500,
  /** The answer comes late, and still in time. */
  AnswerSlow: 100,
  /** An admission webhook of somebody else cannot be reached, or takes its time. */
  WebhookFailed: 60,
  WebhookSlow: 60,
  /** A watch tells of the last state only, of what came and went in between never. */
  WatchCoalesced: 250,
  /** A watch leaves one event out, and nobody notices. */
  WatchEventLost: 5,
  /** In mid-stream a watch says that its past is forgotten. */
  WatchExpired: 100,
  /** History is forgotten: watches and lists begin anew. */
  Compacted: 100,
  /** The API server is going, or not up yet: it has done nothing, and says when to come again. */
  ServerUnavailable: 40,
  /** A power command is lost on its way, or its answer is. */
  PowerLost: 250,
  PowerAnswerLost: 250,
} as const

/** What befalls a replica, or the cluster, at some moment and for some time. */
export const incidentKinds = [
  /** SIGKILL; started again when it is over. */
  'Killed',
  /** SIGTERM, as long as it needs to end in good order; started again when it is over. */
  'Terminated',
  /** All replicas in turn, as a Deployment is rolled out. */
  'RolledOut',
  /** SIGSTOP, and SIGCONT when it is over. */
  'Frozen',
  /** The same, just before its next write leaves. */
  'FrozenBeforeWrite',
  /** Its event loop is busy with something else. */
  'Stalled',
  /** Its wall clock is set, and set right again when it is over. */
  'ClockStepped',
  /** It cannot reach the API server, or the BMCs, and everybody else can. */
  'CutFromServer',
  'CutFromBmcs',
  /** Nobody of us can reach the API server, or nobody at all. */
  'ServerDown',
  /** Reads are answered, writes are not. */
  'EtcdReadOnly',
  /** Connections stop one by one, and heal in another order. */
  'Swizzled',
  /** The Alertmanager is away, has forgotten everything, or a cache before it repeats what it once said. */
  'AlertsDown',
  'AlertsEmpty',
  'AlertsReplayed',
  /** The Prometheus is away, has forgotten everything, answers in part, says what it once knew, or takes its time. */
  'MetricsDown',
  'MetricsEmpty',
  'MetricsPartial',
  'MetricsOld',
  'MetricsSlow',
] as const

/** What is wrong with the clocks of replicas from the beginning. */
export const clockFaults = ['ClockSkewed', 'ClockDrifting'] as const

export type Chance = keyof typeof chances
export type IncidentKind = (typeof incidentKinds)[number]
/** `KilledBefore` a request of a given number has left, `KilledAfter` it was served. */
export type Fault = Chance | IncidentKind | (typeof clockFaults)[number] | 'KilledBefore' | 'KilledAfter'

const isChance = (name: string): name is Chance => name in chances

/** In a fixed order. */
export const chanceNames: readonly Chance[] = Object.keys(chances).filter(isChance)

const befallAll = [
  'RolledOut',
  'ServerDown',
  'EtcdReadOnly',
  'Swizzled',
  'AlertsDown',
  'AlertsEmpty',
  'AlertsReplayed',
  'MetricsDown',
  'MetricsEmpty',
  'MetricsPartial',
  'MetricsOld',
  'MetricsSlow',
] as const satisfies readonly IncidentKind[]

/** Such an incident names its replica. */
export const isOfOneReplica = (kind: IncidentKind): kind is Exclude<IncidentKind, (typeof befallAll)[number]> =>
  !befallAll.some((other) => other === kind)
