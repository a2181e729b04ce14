import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { nodeConditionSource } from '../../domain/detect/sources/node-condition.ts'
import { askedExpr } from '../../domain/detect/sources/threshold.ts'
import { type JsonObject, listAt, textAt } from '../../kernel/json.ts'
import { type Instant, instant, parseTime, seconds } from '../../kernel/time.ts'
import type { Change } from '../api-server/api-request.ts'
import type { WorldEvent } from '../world/events.ts'
import { nameOf, uidOf } from '../world/fields.ts'
import type { Happening, Truth } from './checker.ts'
import { ClusterSigns } from './cluster-signs.ts'

type Sign = Pick<Signal, 'nodeCondition' | 'alert' | 'query' | 'lease' | 'nodeEvent' | 'podSymptom'>

/** A stretch of time through which something was so. */
interface Spell {
  readonly status: string
  readonly since: Instant
  /** Undefined: it still is. */
  until: Instant | undefined
}

/** As many as a late request can be behind. */
const spellsMax = 8

/**
 * Since when every sign of trouble has truly been there: conditions on the API server, alerts where they are raised, metrics where
 * they are read.
 */
export class Symptoms {
  readonly #spells = new Map<string, Spell[]>()
  readonly #known = new Set<string>()
  readonly #cluster = new ClusterSigns()
  readonly #boots = new Map<string, Instant>()

  take(happening: Happening, { now }: Truth): void {
    if (happening.kind === 'Changed' && happening.change.plural === 'nodes') this.#takeNode(happening.change, now())
    if (happening.kind === 'Changed') this.#cluster.take(happening.change, now())
    if (happening.kind === 'World') this.#takeEvent(happening.event, now())
  }

  /** Undefined: it was not there at that moment, or it is of a kind that nobody here can see. */
  since(node: JsonObject, sign: Sign, at: Instant): Instant | undefined {
    if (isOfCluster(sign)) return this.#cluster.since(node, sign, at)
    const [key, status] = keyOf(node, sign)
    const spell = this.#spells.get(key)?.find(({ since, until }) => since <= at && (until === undefined || at < until))
    return spell?.status === status ? spell.since : undefined
  }

  /** The same of what whoever looks at that moment sees, and does not only still believe. */
  surelySince(node: JsonObject, sign: Sign & Pick<Signal, 'freshnessSeconds'>, at: Instant): Instant | undefined {
    if (isOfCluster(sign)) return this.#cluster.surelySince(node, sign, at)
    return looksOld(node, sign, at) ? undefined : this.since(node, sign, at)
  }

  /** For how long it had been there when it was there last, if that is no longer ago than `lateMs`; 0: it is longer ago. */
  stoodMs(node: JsonObject, sign: Sign, { at, lateMs }: { readonly at: Instant; readonly lateMs: number }): number {
    const [key, wanted] = keyOf(node, sign)
    const last = this.#spells.get(key)?.findLast(({ status, since }) => status === wanted && since <= at)
    if (last === undefined) return 0
    const end = instant(Math.min(at, last.until ?? at))
    return at - end > lateMs ? 0 : end - last.since
  }

  /** Since when it is there at this moment, and does not only count as if it were. */
  stillSince(node: JsonObject, sign: Sign, at: Instant): Instant | undefined {
    if (!isOfCluster(sign)) return this.since(node, sign, at)
    return this.#cluster.stillSince(node, sign, { at, bootedAt: this.#boots.get(nameOf(node)) })
  }

  #takeEvent(event: WorldEvent, now: Instant): void {
    if (event.kind === 'MachineBecame' && event.state === 'Booting') this.#boots.set(event.machine, now)
    if (event.kind === 'AlertBecame') this.#note(`${event.machine} ${event.alert}`, event.firing ? 'firing' : '', now)
    if (event.kind === 'MetricBecame')
      this.#note(`${event.machine} ${event.metric}`, event.level === 'Beyond' ? beyond : '', now)
  }

  #takeNode({ type, object, previous }: Change, now: Instant): void {
    const uid = uidOf(object)
    if (!this.#known.has(uid)) this.#takeConditions(uid, previous, instant(0))
    this.#known.add(uid)
    if (type !== 'DELETED') this.#takeConditions(uid, object, now)
  }

  #takeConditions(uid: string, node: JsonObject | undefined, now: Instant): void {
    for (const condition of listAt(node, 'status', 'conditions')) {
      this.#note(`${uid} ${textAt(condition, 'type') ?? ''}`, textAt(condition, 'status') ?? '', now)
    }
  }

  #note(key: string, status: string, now: Instant): void {
    const spells = this.#spells.get(key) ?? []
    this.#spells.set(key, spells)
    const last = spells.at(-1)
    if (last?.status === status) return
    if (last !== undefined) last.until = now
    spells.push({ status, since: now, until: undefined })
    if (spells.length > spellsMax) spells.shift()
  }
}

const beyond = 'beyond'

/** By the stamp of its own writer, whose clock may be wrong: nobody has to believe it. */
function looksOld(
  node: JsonObject,
  { nodeCondition, freshnessSeconds }: Sign & Pick<Signal, 'freshnessSeconds'>,
  at: Instant,
): boolean {
  const limitMs = seconds(freshnessSeconds ?? nodeConditionSource.freshnessSeconds)
  return listAt(node, 'status', 'conditions').some(
    (condition) =>
      textAt(condition, 'type') === nodeCondition?.type &&
      at - (parseTime(textAt(condition, 'lastHeartbeatTime')) ?? at) > limitMs,
  )
}

const isOfCluster = ({ nodeCondition, alert, query }: Sign): boolean =>
  nodeCondition === undefined && alert === undefined && query === undefined

/** What it is known by, and how it is when there is trouble. A query is asked without its threshold. */
function keyOf(node: JsonObject, { nodeCondition, alert, query }: Sign): readonly [string, string] {
  if (nodeCondition !== undefined) return [`${uidOf(node)} ${nodeCondition.type}`, nodeCondition.status]
  if (query !== undefined) return [`${nameOf(node)} ${askedExpr(query)}`, beyond]
  return [`${nameOf(node)} ${alert?.name}`, 'firing']
}

/** The signals that a diagnosis of this class rests on. */
export function signalsOf(policy: PolicySpec, kind: 'Fault' | 'Load'): readonly Signal[] {
  const known = signalsKnown[kind].get(policy)
  if (known !== undefined) return known
  const rules = policy.diagnoses.filter((diagnosis) => diagnosis.class === kind)
  const found = policy.signals.filter(({ name }) => rules.some(({ when }) => new RegExp(`\\b${name}\\b`).test(when)))
  signalsKnown[kind].set(policy, found)
  return found
}

/** A policy of the truth is one value for as long as nobody changes it. */
const signalsKnown = {
  Fault: new WeakMap<PolicySpec, readonly Signal[]>(),
  Load: new WeakMap<PolicySpec, readonly Signal[]>(),
}

/** The node says it in this very version of it. */
export const isStated = (node: JsonObject, { nodeCondition }: Sign): boolean =>
  nodeCondition !== undefined &&
  listAt(node, 'status', 'conditions').some(
    (condition) =>
      textAt(condition, 'type') === nodeCondition.type && textAt(condition, 'status') === nodeCondition.status,
  )

/** A run that people asked for needs no sign of trouble. */
export const isManual = ({ spec }: NodeRemediation): boolean => spec?.requestedBy !== undefined
