import type { PolicySpec } from '../api/v1alpha1/node-remediation-policy.ts'
import { type GuardSpec, guardName } from '../api/v1alpha1/remediation-guard.ts'
import type { RemediationPause } from '../api/v1alpha1/remediation-pause.ts'
import { type Figures, figuresOf } from '../domain/budget/figures.ts'
import { type Mono, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Informers } from './informers.ts'
import type { PreparedPolicies } from './prepared-policies.ts'

/** Nodes and diagnoses move all the time, and counting walks the whole fleet: a storm is counted so often, not more. */
const figuresSharedForMs = 200
/** A cache of nodes that has heard nothing for so long counts nobody. */
const stalenessMaxMs = seconds(180)

/** What the controllers share, from caches. The ledger alone decides between runs, and it is read live. */
export class SharedView {
  readonly #informers: Informers
  readonly #clock: Clock
  readonly #prepared: PreparedPolicies
  #figures: { readonly at: Mono; readonly byPolicy: ReadonlyMap<string, Figures> } | undefined

  constructor(informers: Informers, prepared: PreparedPolicies, clock: Clock) {
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

  readonly figures = (policyName: string): Figures => {
    const { nodes, health, runs } = this.#informers
    const synced = [nodes, health, runs].every(
      (informer) => informer.hasSynced() && informer.stalenessMs() < stalenessMaxMs,
    )
    if (!synced) return { kind: 'Doubtful', message: 'the list of nodes is not complete' }
    const byPolicy = this.#counted()
    return byPolicy.get(policyName) ?? { kind: 'Doubtful', message: `policy ${policyName} is not in the cache` }
  }

  #counted(): ReadonlyMap<string, Figures> {
    const now = this.#clock.mono()
    if (this.#figures !== undefined && now - this.#figures.at < figuresSharedForMs) return this.#figures.byPolicy
    const { nodes, policies, health, runs } = this.#informers
    const byPolicy = figuresOf({
      nodes: nodes.list(),
      policies: policies.list(),
      health: health.list(),
      runs: runs.list(),
    })
    this.#figures = { at: now, byPolicy }
    return byPolicy
  }
}
