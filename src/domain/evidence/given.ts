import type { EvidenceCase, EvidenceMoment } from '../../api/evidence-file.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { Instant, Mono } from '../../kernel/time.ts'

type Given<Part extends keyof EvidenceMoment> = NonNullable<EvidenceMoment[Part]>

/** What stands at one moment of a script, and what has happened since its beginning. */
export interface Standing {
  /** By type, with the moment at which it was last given. */
  readonly conditions: ReadonlyMap<string, Given<'conditions'>[number] & { readonly since: Instant }>
  readonly alerts: readonly (Given<'alerts'>[number] & { readonly since: Instant })[]
  readonly queries: Given<'queries'>
  readonly events: readonly (Given<'events'>[number] & { readonly at: Mono })[]
  readonly evictions: readonly Mono[]
  readonly ailingPods: readonly (Given<'ailingPods'>[number] & { readonly since: Mono })[]
  readonly lease: { readonly state: Given<'lease'>; readonly since: Mono }
  readonly boots: readonly Mono[]
  readonly labels: Given<'labels'>
  readonly annotations: Given<'annotations'>
  readonly taints: Given<'taints'>
  readonly unavailable: Given<'unavailable'>
}

export interface ScriptTime {
  readonly now: Instant
  readonly mono: Mono
}

/** The node as the script finds it: by default every condition that a policy asks for says that all is well. */
export const atBeginning = (
  { node, otherConditions }: EvidenceCase,
  policies: readonly PolicySpec[],
  { now, mono }: ScriptTime,
): Standing => ({
  conditions: new Map(
    otherConditions === 'Missing'
      ? []
      : policies.flatMap(({ signals }) =>
          signals.flatMap(({ nodeCondition }) => (nodeCondition === undefined ? [] : [well(nodeCondition, now)])),
        ),
  ),
  alerts: [],
  queries: {},
  events: [],
  evictions: [],
  ailingPods: [],
  lease: { state: 'Renewed', since: mono },
  boots: [],
  labels: node.labels ?? policies[0]?.nodeSelector.matchLabels ?? {},
  annotations: {},
  taints: [],
  unavailable: [],
})

const well = ({ type, status }: NonNullable<Signal['nodeCondition']>, since: Instant) => {
  const healthy = status === 'True' ? ('False' as const) : ('True' as const)
  return [type, { type, status: healthy, reason: '', message: '', repeated: true, since }] as const
}

/** What stands once a moment of the script has come. */
export const stepped = (before: Standing, moment: EvidenceMoment, time: ScriptTime): Standing => ({
  ...before,
  ...given({
    labels: moment.labels,
    annotations: moment.annotations,
    taints: moment.taints,
    unavailable: moment.unavailable,
    ailingPods: moment.ailingPods?.map((ill) => ({ ...ill, since: time.mono })),
    alerts: moment.alerts?.map((alert) => ({ ...alert, since: firingSince(before, alert, time.now) })),
  }),
  ...happened(before, moment, time),
  conditions: spoken(before, moment, time),
  queries: { ...before.queries, ...moment.queries },
  lease: leaseAfter(before, moment, time),
})

/** What a moment does not give goes on as it was. */
const given = (parts: { readonly [Part in keyof Standing]?: Standing[Part] | undefined }): Partial<Standing> =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))

function happened(before: Standing, { events = [], evictions = 0, boot }: EvidenceMoment, { mono }: ScriptTime) {
  return {
    events: [...before.events, ...events.map((event) => ({ ...event, at: mono }))],
    evictions: [...before.evictions, ...Array.from({ length: evictions }, () => mono)],
    boots: boot === undefined ? before.boots : [...before.boots, mono],
  }
}

function spoken(before: Standing, { conditions = [] }: EvidenceMoment, { now }: ScriptTime): Standing['conditions'] {
  const said = conditions.map((condition) => {
    const known = before.conditions.get(condition.type)
    const since = known?.status === condition.status ? known.since : now
    return [condition.type, { ...condition, since }] as const
  })
  return new Map([...before.conditions, ...said])
}

const leaseAfter = ({ lease }: Standing, { lease: state }: EvidenceMoment, { mono }: ScriptTime): Standing['lease'] =>
  state === undefined || state === lease.state ? lease : { state, since: mono }

const firingSince = ({ alerts }: Standing, { name }: Given<'alerts'>[number], now: Instant): Instant =>
  alerts.find((alert) => alert.name === name)?.since ?? now
