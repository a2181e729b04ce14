import type { Prng } from '../../kernel/prng.ts'
import { hours, minutes, seconds } from '../../kernel/time.ts'
import type { Weights } from './draw-faults.ts'
import { type IncidentKind, incidentKinds, isOfOneReplica } from './fault.ts'
import type { Incident } from './plan.ts'

export interface IncidentFrame {
  readonly weights: Weights
  readonly replicas: number
  readonly stormMs: number
  readonly core: number
}

/** How long each lasts, at least and at most. */
const durations: Readonly<Record<IncidentKind, readonly [number, number]>> = {
  Killed: [seconds(1), minutes(2)],
  Terminated: [seconds(31), seconds(60)],
  RolledOut: [minutes(4), minutes(5)],
  Frozen: [seconds(3), minutes(1)],
  FrozenBeforeWrite: [seconds(3), minutes(1)],
  Stalled: [seconds(1), seconds(6)],
  ClockStepped: [seconds(30), minutes(10)],
  CutFromServer: [seconds(20), minutes(5)],
  CutFromBmcs: [minutes(1), minutes(10)],
  ServerDown: [seconds(20), minutes(4)],
  EtcdReadOnly: [seconds(20), minutes(4)],
  Swizzled: [minutes(1), minutes(5)],
  AlertsDown: [minutes(1), minutes(8)],
  AlertsEmpty: [minutes(1), minutes(8)],
  AlertsReplayed: [minutes(1), minutes(8)],
  MetricsDown: [minutes(1), minutes(8)],
  MetricsEmpty: [minutes(1), minutes(8)],
  MetricsPartial: [minutes(1), minutes(8)],
  MetricsOld: [minutes(1), minutes(8)],
  MetricsSlow: [minutes(1), minutes(8)],
}

/** What a replica may suffer from for ever without being in the way of the others. */
const lasting: readonly IncidentKind[] = ['Killed', 'Frozen', 'CutFromServer', 'CutFromBmcs']

export function drawIncidents(prng: Prng, frame: IncidentFrame): readonly Incident[] {
  const own = incidentKinds.flatMap((kind) => {
    const weight = frame.weights[kind]
    if (weight === undefined) return []
    const count = 1 + Math.floor(weight / 34)
    return Array.from({ length: count }, (_, index) => drawIncident(prng.fork(`${kind}/${index}`), kind, frame))
  })
  return [...own, ...drawLasting(prng, frame)].toSorted((left, right) => left.atMs - right.atMs)
}

function drawIncident(prng: Prng, kind: IncidentKind, { replicas, stormMs }: IncidentFrame): Incident {
  const [least, most] = durations[kind]
  return {
    kind,
    atMs: prng.fork('at').int(seconds(10), stormMs),
    forMs: prng.fork('for').int(least, most),
    ...(isOfOneReplica(kind) ? { replica: prng.fork('replica').int(0, replicas - 1) } : {}),
    ...(kind === 'ClockStepped' ? { byMs: drawStep(prng) } : {}),
    ...(kind === 'ServerDown' && prng.fork('for-all').chance(500) ? { isForAll: true } : {}),
    ...(kind === 'Swizzled' ? { seed: prng.fork('seed').int(0, 999_999) } : {}),
  }
}

/** As a person sets it, or as NTP corrects it. */
const drawStep = (prng: Prng): number =>
  prng.fork('large').chance(500) ? prng.fork('by').int(-hours(1), hours(1)) : prng.fork('by').int(-2_000, 2_000)

/** One of them may never be well again. */
function drawLasting(prng: Prng, { weights, replicas, stormMs, core }: IncidentFrame): readonly Incident[] {
  const kinds = lasting.filter((kind) => weights[kind] !== undefined)
  return Array.from({ length: replicas }, (_, replica) => replica).flatMap((replica) => {
    const own = prng.fork(`lasting/${replica}`)
    const kind = kinds[own.fork('kind').int(0, Math.max(0, kinds.length - 1))]
    if (replica === core || kind === undefined || own.fork('on').chance(500)) return []
    return [{ kind, atMs: own.fork('at').int(Math.floor(stormMs / 2), stormMs - 1), forMs: hours(24), replica }]
  })
}
