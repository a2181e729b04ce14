import type { LedgerSpec } from '../../api/v1alpha1/disruption-ledger.ts'
import { ledgerKind, ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Instant } from '../../kernel/time.ts'
import type { Change } from '../api-server/api-request.ts'
import type { Served } from '../weather/network.ts'
import type { ProcessEvent } from '../weather/process-event.ts'
import type { WorldEvent } from '../world/events.ts'
import type { World } from '../world/world.ts'

/** What the checkers judge: everything that became true, at the moment at which it did. */
export type Happening =
  | { readonly kind: 'Changed'; readonly change: Change }
  | { readonly kind: 'Served'; readonly served: Served }
  | { readonly kind: 'World'; readonly event: WorldEvent }
  | { readonly kind: 'Process'; readonly event: ProcessEvent }

/** Judges by what is true in the world, never by what an operator believes. */
export interface Checker {
  /** As `hazards` numbers it: I1, L2. */
  readonly invariant: string
  /** A complaint, or undefined. */
  readonly judge: (happening: Happening, truth: Truth) => string | undefined
}

/** Ready views of the truth, so that no checker digs in JSON. */
export class Truth {
  readonly world: World
  readonly now: () => Instant
  /** Whom the operator is to the API server. */
  readonly user: string

  constructor(world: World, { now, user }: { readonly now: () => Instant; readonly user: string }) {
    this.world = world
    this.now = now
    this.user = user
  }

  get runs(): readonly NodeRemediation[] {
    return this.world.objects.all('noderemediations.prunella.dev').map(runKind.project)
  }

  get ledger(): LedgerSpec | undefined {
    const stored = this.world.objects.get('disruptionledgers.prunella.dev', { name: ledgerName })
    return stored === undefined ? undefined : ledgerKind.project(stored).spec
  }

  policy(name: string): PolicySpec | undefined {
    const stored = this.world.objects.get('noderemediationpolicies.prunella.dev', { name })
    return stored === undefined ? undefined : policyKind.project(stored).spec
  }
}
