import type { NodeRemediationPolicy, PolicySpec } from '../api/v1alpha1/node-remediation-policy.ts'
import { type GuardSpec, guardName } from '../api/v1alpha1/remediation-guard.ts'
import type { RemediationPause } from '../api/v1alpha1/remediation-pause.ts'
import { type ClusterFigures, countFleet, type Doubtful, type Figures } from '../domain/budget/figures.ts'
import { type Count, type CountMemory, doubtAbout, remember } from '../domain/budget/node-count.ts'
import { stableStringify } from '../kernel/json.ts'
import { type Mono, seconds } from '../kernel/time.ts'
import type { ClusterTime } from '../ports/clock.ts'
import type { Informers } from './informers.ts'
import type { PreparedPolicies } from './prepared-policies.ts'

/** Nodes and diagnoses move all the time, and counting walks the whole fleet: a storm is counted so often, not more. */
const figuresSharedForMs = 200
/** Bookmarks come about every minute. A cache that has heard nothing for so long counts nobody, and knows of no stop. */
const stalenessMaxMs = seconds(180)

const isHeard = ({ hasSynced, stalenessMs }: Pick<Informers['pauses'], 'hasSynced' | 'stalenessMs'>): boolean =>
  hasSynced() && stalenessMs() < stalenessMaxMs

/** What the controllers share, from caches. Who may disrupt is not decided here: that takes live reads, of the ledger and of the runs. */
export class SharedView {
  readonly #informers: Informers
  readonly #clock: ClusterTime
  readonly #prepared: PreparedPolicies
  #figures: { readonly at: Mono; readonly counted: CountedFleet } | undefined
  /** How many nodes were listed of late, by who selects them. */
  readonly #counts = new Map<string, CountMemory>()

  constructor(informers: Informers, prepared: PreparedPolicies, clock: ClusterTime) {
    this.#prepared = prepared
    this.#informers = informers
    this.#clock = clock
  }

  /** Undefined: gone, unreadable, or not valid. A policy that is not valid does nothing. */
  readonly policy = (name: string): PolicySpec | undefined => {
    const prepared = this.#prepared.get(name)
    return prepared === undefined || prepared.issues.length > 0 ? undefined : prepared.spec
  }

  readonly guard = (): { readonly spec: GuardSpec; readonly ledgerUID: string | undefined } | undefined => {
    const guard = this.#informers.guards.get({ name: guardName })
    return guard?.spec === undefined ? undefined : { spec: guard.spec, ledgerUID: guard.status.ledgerUID }
  }

  readonly pauses = (): readonly RemediationPause[] => this.#informers.pauses.list()

  /** False: the watch of pauses has been silent for so long that somebody may have said stop since. */
  readonly hearsOfPauses = (): boolean => isHeard(this.#informers.pauses)

  readonly figures = (policyName: string): Figures => {
    const counted = this.#counted()
    if (counted.kind === 'Doubtful') return counted
    return counted.byPolicy.get(policyName) ?? { kind: 'Doubtful', message: `policy ${policyName} is not in the cache` }
  }

  /** Over all policies together. */
  readonly clusterFigures = (): ClusterFigures => {
    const counted = this.#counted()
    return counted.kind === 'Doubtful' ? counted : counted.cluster
  }

  #counted(): CountedFleet | Doubtful {
    const { nodes, health, runs } = this.#informers
    if (![nodes, health, runs].every(isHeard)) return { kind: 'Doubtful', message: 'the list of nodes is not complete' }
    const now = this.#clock.mono()
    if (this.#figures === undefined || now - this.#figures.at >= figuresSharedForMs)
      this.#figures = { at: now, counted: this.#count(now) }
    return this.#figures.counted
  }

  #count(now: Mono): CountedFleet {
    const { nodes, health, runs } = this.#informers
    const policies = this.#informers.policies.list()
    const guard = this.guard()
    const correlation = guard && { now: this.#clock.nowAtLeast(), limits: guard.spec.correlatedFailures }
    const counted = countFleet({ nodes: nodes.list(), health: health.list(), runs: runs.list(), policies, correlation })
    const everywhere = policies.map(selectorOf).toSorted().join()
    const stored = this.#informers.guards.get({ name: guardName })?.status.nodes
    const everybody = { question: everywhere, listed: counted.cluster.selected, stored }
    // Without a policy there is nobody to count, and nothing to doubt.
    const doubt = policies.length === 0 ? undefined : this.#doubt('any policy', everybody, now)
    const figures = policies.map((policy): readonly [string, Figures] => {
      const { name, generation } = policy.metadata
      const share = counted.byPolicy.get(name) ?? counted.cluster
      const isOfThisSpec = policy.status.observedGeneration === generation
      const count = {
        question: selectorOf(policy),
        listed: share.selected,
        stored: isOfThisSpec ? policy.status.nodes : undefined,
      }
      const own = this.#doubt(`policy ${name}`, count, now)
      return [name, own ?? doubt ?? { kind: 'Known', policy: share, cluster: counted.cluster }]
    })
    return { kind: 'Counted', byPolicy: new Map(figures), cluster: doubt ?? { kind: 'Known', share: counted.cluster } }
  }

  #doubt(whose: string, count: Count, now: Mono): Doubtful | undefined {
    const memory = remember(this.#counts.get(whose), count, now)
    this.#counts.set(whose, memory)
    return doubtAbout(whose, count.listed, memory)
  }
}

interface CountedFleet {
  readonly kind: 'Counted'
  readonly byPolicy: ReadonlyMap<string, Figures>
  readonly cluster: ClusterFigures
}

const selectorOf = ({ spec }: NodeRemediationPolicy): string => stableStringify(spec?.nodeSelector)
