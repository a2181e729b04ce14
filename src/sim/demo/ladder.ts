import { nodeKind } from '../../api/core/node.ts'
import type { Kind, KubeObject } from '../../api/kind.ts'
import { ledgerKind } from '../../api/v1alpha1/disruption-ledger.ts'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import { isOpen, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardKind } from '../../api/v1alpha1/remediation-guard.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import { headline, joinLadder } from '../../domain/explain/ladder.ts'
import { renderLadder } from '../../domain/explain/render-ladder.ts'
import type { Instant } from '../../kernel/time.ts'
import type { World } from '../world/world.ts'

export interface HeldLadder {
  /** `BudgetExhausted: 2 of 2 slots …`. */
  readonly headline: string
  readonly lines: readonly string[]
}

/** The gate ladder of the node from the stored objects, once the budget is what stands in the way. */
export function budgetLadder(world: World, nodeName: string, now: Instant): HeldLadder | undefined {
  const stored = <Thing extends KubeObject>(kind: Kind<Thing>): readonly Thing[] =>
    world.objects.all(kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`).map(kind.project)
  const node = stored(nodeKind).find(({ metadata }) => metadata.name === nodeName)
  const health = stored(healthKind).find(({ metadata }) => metadata.name === nodeName)
  if (node === undefined || health?.status.diagnosis === undefined) return undefined
  const ladder = joinLadder({
    now,
    node,
    health,
    policies: stored(policyKind),
    guard: stored(guardKind)[0],
    ledger: stored(ledgerKind)[0],
    pauses: stored(pauseKind),
    run: stored(runKind).find((run) => run.spec?.node.name === nodeName && isOpen(run)),
  })
  const first = headline(ladder)
  if (first?.gate !== 'BudgetFree' || first.result !== 'Hold') return undefined
  return { headline: `${first.reason ?? first.gate}: ${first.message ?? ''}`, lines: renderLadder(ladder) }
}
