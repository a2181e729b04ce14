import type { CorrelatedFailures } from '../../api/v1alpha1/remediation-guard.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { type IntOrPercent, resolveIntOrPercent } from '../../kernel/int-or-percent.ts'
import { type JsonObject, textAt } from '../../kernel/json.ts'
import { type Instant, later, seconds } from '../../kernel/time.ts'
import { isReady, labelsOf, nameOf } from '../world/fields.ts'
import type { Truth } from './checker.ts'
import { selectingPolicies } from './excuses.ts'
import { type Symptoms, signalsOf } from './symptoms.ts'

/** How ill the nodes of one policy, or all of them, truly are. */
export interface Figures {
  readonly sick: number
  /** So many may be. */
  readonly most: number
  /** How many of one domain fell ill together; 0: none did. */
  readonly together: number
  /** Nothing is out of order even for somebody who believes what is old. */
  readonly isQuiet: boolean
}

export const clusterScope = ''

/** By scope: of every policy that can be read and, where there is a guard, of the cluster. */
export function figuresByScope(symptoms: Symptoms, truth: Truth): ReadonlyMap<string, Figures> {
  const { guard } = truth
  const names = truth.world.objects.all('noderemediationpolicies.prunella.dev').map(nameOf)
  const views = names.flatMap((name) => viewOf(name, symptoms, truth) ?? [])
  const found = new Map(views.map(({ name, figures }) => [name, figures]))
  if (guard === undefined) return found
  const selected = [...new Set(views.flatMap((view) => view.selected))]
  const limits = guard.correlatedFailures
  const dark = darkNodes(selected, limits.darkZonePercent, truth)
  // What concerns one policy alone is the matter of that one's breaker.
  const shared = (trust: Trust): number => {
    const own = views.map((view) => view.own[trust]).filter(({ length }) => length > 0)
    return own.length < 2 ? 0 : largestGroup(own.flat(), { selected, limits, now: truth.now() })
  }
  const sick = (trust: Trust): number => new Set(views.flatMap((view) => view.ill[trust]).map(({ node }) => node)).size
  const most = allowed(guard.maxUnhealthy, selected.length)
  const together = Math.max(dark, shared('Sure'))
  const isQuiet = sick('Believed') <= most && together === 0 && shared('Believed') === 0
  return found.set(clusterScope, { sick: sick('Sure'), most, together, isQuiet })
}

/** By what whoever looks now sees, or also by what somebody may still believe. */
type Trust = 'Sure' | 'Believed'

interface PolicyView {
  readonly name: string
  readonly selected: readonly JsonObject[]
  readonly ill: Readonly<Record<Trust, readonly Onset[]>>
  /** Of these the ones that no higher policy acts on. */
  readonly own: Readonly<Record<Trust, readonly Onset[]>>
  readonly figures: Figures
}

function viewOf(name: string, symptoms: Symptoms, truth: Truth): PolicyView | undefined {
  const policy = truth.policy(name)
  if (policy === undefined) return undefined
  const selected = truth.selectedBy(policy)
  const looking = { signals: signalsOf(policy, 'Fault'), symptoms, now: truth.now() }
  const believed = onsetsIn(selected, looking, 'Believed')
  const ill = { Believed: believed, Sure: believed.length === 0 ? [] : onsetsIn(selected, looking, 'Sure') }
  const owns = ({ node }: Onset): boolean => ownerOf(node, truth) === name
  const own = { Believed: ill.Believed.filter(owns), Sure: ill.Sure.filter(owns) }
  const limits = truth.guard?.correlatedFailures
  const together = (trust: Trust): number =>
    limits === undefined ? 0 : largestGroup(own[trust], { selected, limits, now: truth.now() })
  const most = allowed(policy.limits.maxUnhealthy, selected.length)
  const isQuiet = believed.length <= most && together('Believed') === 0
  return { name, selected, ill, own, figures: { sick: ill.Sure.length, most, together: together('Sure'), isQuiet } }
}

/** Of two policies on one node the higher one acts, and its breaker counts; undefined: it is not told which that is. */
function ownerOf(node: JsonObject, truth: Truth): string | undefined {
  const selecting = selectingPolicies(nameOf(node), truth)
  const acting = selecting.filter(({ spec }) => spec.mode !== 'Observe')
  const most = Math.max(...acting.map(({ spec }) => spec.priority))
  const [first, ...others] = acting.filter(({ spec }) => spec.priority === most)
  if (acting.length === 0) return selecting.length === 1 ? selecting[0]?.name : undefined
  return others.length === 0 ? first?.name : undefined
}

export const allowed = (value: IntOrPercent, selected: number): number => resolveIntOrPercent(value, selected) ?? 0

interface Onset {
  readonly node: JsonObject
  /** When its trouble began: nobody can count it from an earlier moment. */
  readonly since: Instant
}

interface Looking {
  readonly signals: readonly Signal[]
  readonly symptoms: Symptoms
  readonly now: Instant
}

/** Its trouble has lasted for its whole hold. */
export const isIll = (node: JsonObject, looking: Looking): boolean => onsetsIn([node], looking, 'Sure').length > 0

/** A node is ill whose trouble has lasted for its whole hold. */
const onsetsIn = (nodes: readonly JsonObject[], { signals, symptoms, now }: Looking, trust: Trust): readonly Onset[] =>
  nodes.flatMap((node) => {
    const times = signals.flatMap((signal) => {
      const since = trust === 'Sure' ? symptoms.surelySince(node, signal, now) : symptoms.since(node, signal, now)
      return since === undefined || later(since, seconds(signal.holdSeconds)) > now ? [] : [since]
    })
    const [since] = times.toSorted((left, right) => left - right)
    return since === undefined ? [] : [{ node, since }]
  })

interface Among {
  readonly selected: readonly JsonObject[]
  readonly limits: CorrelatedFailures
  readonly now: Instant
}

function largestGroup(onsets: readonly Onset[], { selected, limits, now }: Among): number {
  const recent = onsets.filter(({ since }) => now - since < seconds(limits.windowSeconds)).map(({ node }) => node)
  const questions = [
    ...limits.domainLabels.map((key) => (node: JsonObject) => labelsOf(node)[key]),
    (node: JsonObject) => textAt(node, 'status', 'nodeInfo', 'kernelVersion'),
    (node: JsonObject) => textAt(node, 'status', 'nodeInfo', 'osImage'),
  ]
  const sizes = questions.flatMap((answerOf) =>
    [...Map.groupBy(recent, answerOf)].flatMap(([answer = '', { length }]) => {
      const of = selected.filter((node) => answerOf(node) === answer).length
      return answer !== '' && length >= limits.minNodes && length * 100 >= limits.minPercent * of ? [length] : []
    }),
  )
  return Math.max(0, ...sizes)
}

const zoneLabel = 'topology.kubernetes.io/zone'
/** Two silent nodes make no dark zone, however small it is. */
const darkMin = 3

/** Not Ready in the darkest zone, or in all of them together. Who is treated is silent by our own doing. */
function darkNodes(nodes: readonly JsonObject[], darkPercent: number, { runs }: Truth): number {
  const treated = new Set(
    runs.flatMap(({ spec, status }) =>
      ['Treating', 'Verifying'].includes(status.step?.name ?? '') ? [spec?.node.name] : [],
    ),
  )
  const others = nodes.filter((node) => !treated.has(nameOf(node)))
  const zones = [others, ...Map.groupBy(others, (node) => labelsOf(node)[zoneLabel]).values()]
  const dark = zones.flatMap((zone) => {
    const silent = zone.filter((node) => !isReady(node)).length
    return silent >= darkMin && silent * 100 >= darkPercent * zone.length ? [silent] : []
  })
  return Math.max(0, ...dark)
}
