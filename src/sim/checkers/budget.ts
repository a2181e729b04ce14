import { type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type GuardSpec, guardKind, guardName } from '../../api/v1alpha1/remediation-guard.ts'
import { resolveIntOrPercent } from '../../kernel/int-or-percent.ts'
import type { Instant } from '../../kernel/time.ts'
import { labelsOf } from '../world/fields.ts'
import { type Checker, guardOf, type Happening, policyOf, type Truth } from './checker.ts'
import { newSlots } from './claims.ts'
import { type Disrupted, Disruptions } from './disrupted.ts'
import { SpecHistory } from './spec-history.ts'

/** Never more than the budget, in the cluster, per policy and per topology domain, on the API server's truth across all replicas. */
export function budgetHolds(): Checker {
  const disruptions = new Disruptions()
  const limits = new Limits()
  return {
    invariant: 'I1',
    judge: (happening, truth) => {
      limits.take(happening, truth)
      const { all, begun } = disruptions.take(happening, truth)
      return begun.map((one) => limits.exceededBy(one, all, truth)).find((complaint) => complaint !== undefined)
    },
  }
}

/** The moment at which a run claimed. */
interface Claim {
  readonly at: Instant
  readonly selected: number
  readonly labels: Labels
}

type Labels = Readonly<Record<string, string>>

/** What was allowed when a run claimed its slot, or since: a lowered budget stops claims, and held slots run out. */
class Limits {
  readonly #policies = new SpecHistory(policyKind.plural, policyOf)
  readonly #guards = new SpecHistory(guardKind.plural, guardOf)
  readonly #claims = new Map<string, Claim>()

  take(happening: Happening, truth: Truth): void {
    this.#policies.take(happening, truth)
    this.#guards.take(happening, truth)
    for (const { runUID, nodeName, policyName } of newSlots(happening, truth)) {
      this.#claims.set(runUID, claimOf(truth, nodeName, truth.policy(policyName)))
    }
  }

  /** Undefined: it is within all of them. A policy that is gone for longer than anybody can have missed it allows nothing. */
  exceededBy({ nodeName, run }: Disrupted, all: readonly Disrupted[], truth: Truth): string | undefined {
    const policyName = run.spec?.policyName ?? ''
    const now = claimOf(truth, nodeName, truth.policy(policyName))
    const claim = this.#claims.get(run.metadata.uid) ?? now
    const specs = this.#policies.inForceSince(policyName, claim.at, truth.policy(policyName))
    if (specs.length === 0) return `${nodeName} is disrupted, and there is no policy ${policyName}`
    const guards = this.#guards.inForceSince(guardName, claim.at, truth.guard)
    const own = all.filter((other) => other.run.spec?.policyName === policyName)
    const selected = Math.max(claim.selected, now.selected)
    return (
      tooMany(all, mostOfCluster(guards), 'the cluster') ??
      tooMany(own, mostOfPolicy(specs, selected), policyName) ??
      this.#crowded(own, { specs, labels: [claim.labels, now.labels] }, truth)
    )
  }

  #crowded(
    own: readonly Disrupted[],
    { specs, labels }: { readonly specs: readonly PolicySpec[]; readonly labels: readonly Labels[] },
    truth: Truth,
  ): string | undefined {
    for (const key of new Set(specs.flatMap(({ limits }) => limits.topologyLimits.map((one) => one.topologyKey)))) {
      const most = mostOfDomain(specs, key)
      // A label that somebody changes meanwhile moves the node: who was alone in either domain was alone.
      const counts = labels.map((mine) => own.filter((other) => this.#labelsOf(other, truth)[key] === mine[key]).length)
      const count = Math.min(...counts)
      if (count > most) return `${namesOf(own)} are disrupted at once, more than ${most} of them in one ${key}`
    }
    return undefined
  }

  #labelsOf({ nodeName, run }: Disrupted, truth: Truth): Labels {
    const node = truth.node(nodeName)
    return this.#claims.get(run.metadata.uid)?.labels ?? (node === undefined ? {} : labelsOf(node))
  }
}

function claimOf(truth: Truth, nodeName: string, policy: PolicySpec | undefined): Claim {
  const node = truth.node(nodeName)
  const selected = policy === undefined ? 0 : truth.selectedBy(policy).length
  return { at: truth.now(), selected, labels: node === undefined ? {} : labelsOf(node) }
}

const mostOfCluster = (guards: readonly GuardSpec[]): number =>
  Math.max(0, ...guards.map(({ maxConcurrent }) => maxConcurrent))

const mostOfPolicy = (specs: readonly PolicySpec[], selected: number): number =>
  Math.max(...specs.map(({ limits }) => resolveIntOrPercent(limits.maxConcurrent, selected) ?? 0))

/** A version that says nothing of the domain allows any number. */
const mostOfDomain = (specs: readonly PolicySpec[], key: string): number =>
  Math.max(
    ...specs.map(
      ({ limits }) =>
        limits.topologyLimits.find(({ topologyKey }) => topologyKey === key)?.maxConcurrent ?? Number.POSITIVE_INFINITY,
    ),
  )

const tooMany = (disrupted: readonly Disrupted[], most: number, whose: string): string | undefined =>
  disrupted.length > most ? `${namesOf(disrupted)} are disrupted at once, ${whose} allows ${most}` : undefined

const namesOf = (disrupted: readonly Disrupted[]): string => disrupted.map(({ nodeName }) => nodeName).join(', ')
