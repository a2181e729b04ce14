import { listAt, textAt } from '../../src/kernel/json.ts'
import { nameOf } from './conditions.ts'
import type { Stage } from './scenario.ts'

/** Waits until the policy itself says that it starts nothing any more; only what is newer than `began` counts. */
export async function breakerHolds(
  stage: Stage,
  { began, policy }: { readonly began: number; readonly policy: string },
): Promise<void> {
  const policies = stage.watch('noderemediationpolicies', policy)
  const seen = await policies.until(
    'the gate BreakerClosed to hold',
    ({ at, object }) => at >= began && reasonOf(object) !== '',
    60_000,
  )
  stage.timeline.mark(`${nameOf(seen.object)} holds: ${reasonOf(seen.object)}`, seen.at)
}

/** Empty: it passes, or has not been answered yet. */
const reasonOf = (policy: unknown): string => {
  const gate = listAt(policy, 'status', 'gates').find((each) => textAt(each, 'gate') === 'BreakerClosed')
  return textAt(gate, 'result') === 'Hold' ? (textAt(gate, 'reason') ?? '') : ''
}
