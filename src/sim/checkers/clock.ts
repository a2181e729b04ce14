import { type NodeRemediation, runKind, type StepRecord } from '../../api/v1alpha1/node-remediation.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import { type Checker, runOf } from './checker.ts'

/** A replica's clock may run a little fast; it may also be set, and that buys nothing. */
const toleranceMs = seconds(2)
const driftPercent = 5

/** No deadline passes early and no proof counts too little time, measured in true time, whatever any clock was set to. */
export function clocksBuyNothing(): Checker {
  const entered = new Map<string, Instant>()
  return {
    invariant: 'I20',
    judge: (happening, truth) => {
      if (happening.kind !== 'Changed' || happening.change.plural !== runKind.plural) return undefined
      const { object, previous } = happening.change
      if (previous === undefined) return undefined
      const [before, after] = [runOf(previous), runOf(object)]
      const { uid } = after.metadata
      if (before.status.step?.name === after.status.step?.name) return undefined
      const since = entered.get(uid)
      entered.set(uid, truth.now())
      return since === undefined ? undefined : tooSoon(before, after, truth.now() - since)
    },
  }
}

function tooSoon(before: NodeRemediation, after: NodeRemediation, spentMs: number): string | undefined {
  const wanted = wantedMs(before, after)
  if (wanted === undefined || (spentMs + toleranceMs) * (100 + driftPercent) >= wanted.ms * 100) return undefined
  const name = after.metadata.name
  return `${name} left ${before.status.step?.name} for ${after.status.step?.name} after ${spentMs} ms: ${wanted.why} takes ${wanted.ms} ms`
}

interface Wanted {
  readonly ms: number
  readonly why: string
}

/** How long the step must have lasted for this end of it; undefined: any time will do. */
function wantedMs({ spec, status }: NodeRemediation, after: NodeRemediation): Wanted | undefined {
  const treatment = spec?.treatments[status.step?.rung ?? 0]
  const to = after.status.step
  if (treatment === undefined || to === undefined) return undefined
  if (status.step?.name === 'Draining') return drainWanted(to, treatment)
  return status.step?.name === 'Verifying' ? proofWanted(to, treatment) : undefined
}

function drainWanted(to: StepRecord, { drain }: Treatment): Wanted | undefined {
  const isOverdue = to.cause === 'DrainDeadlinePassed' || to.outcome === 'DrainDeadlinePassed'
  return isOverdue ? { ms: seconds(drain.deadlineSeconds), why: 'the deadline of the drain' } : undefined
}

function proofWanted(to: StepRecord, { verification }: Treatment): Wanted | undefined {
  const { stableSeconds, timeoutSeconds } = verification
  const succeeds = to.name === 'Releasing' && (to.outcome === 'NodeRecovered' || to.outcome === 'NodeRelieved')
  if (succeeds) return { ms: seconds(stableSeconds), why: 'the proof of stability' }
  const fails = to.name === 'Approving' || to.name === 'Quarantined'
  return fails ? { ms: seconds(timeoutSeconds), why: 'the end of the proof' } : undefined
}
