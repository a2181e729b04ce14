import { withCondition } from '../../api/conditions.ts'
import type { DrainState, RunStatus, TimelineEntry } from '../../api/v1alpha1/node-remediation.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { storedAnswer } from '../budget/stored-answer.ts'
import { conditionsOf } from './conditions.ts'
import type { Move, Stay } from './decision.ts'
import { drainOf } from './drain.ts'
import { drainState } from './drain-state.ts'
import type { Observation } from './observation.ts'
import { treatmentAt } from './outcome.ts'
import { planHash } from './plan-hash.ts'
import { recordOf, rungOf, type Step } from './step.ts'

const timelineMax = 50
/** The first entries tell how the run began: what is left out stands between them and the latest. */
const timelineHeadKept = 5

/** The whole status after a move: step, conditions and timeline change in one write. */
export function statusAfterMove(seen: Observation, before: RunStatus, decision: Move): RunStatus {
  const entry = { time: rfc3339(seen.now), reason: decision.reason, message: safeText(decision.message, 512) }
  const started = before.startTime ?? (decision.next.name === 'Cordoning' ? rfc3339(seen.now) : undefined)
  const drain = drainAtEnd(seen, decision) ?? before.drain
  return {
    ...statusOf(seen, before, { step: decision.next, held: undefined, message: decision.message, drain }),
    // A dry run is nothing but its answers: they stay.
    gates: decision.plan?.gates.map(storedAnswer) ?? (seen.run.spec.dryRun ? before.gates : []),
    timeline: bounded([...before.timeline, entry]),
    ...(started === undefined ? {} : { startTime: started }),
    ...(decision.next.name === 'Done' ? { completionTime: rfc3339(seen.now) } : {}),
  }
}

/** The last word about a drain is said when it is left: some pods went in the very look that ended it. */
function drainAtEnd(seen: Observation, { plan }: Move): DrainState | undefined {
  if (plan !== undefined) return plan.drain
  const { step, run } = seen
  if (step.name !== 'Draining') return undefined
  return drainState(drainOf(seen, treatmentAt(seen, step.rung).drain), run.drain)
}

/** What a run says while it waits: changed only when something real has changed, never because time passes. */
export function statusWhileWaiting(seen: Observation, before: RunStatus, { held, gates, drain }: Stay): RunStatus {
  const message = before.step?.message ?? ''
  return {
    ...statusOf(seen, before, { step: seen.step, held, message, drain: drain ?? before.drain }),
    // The step stays, and with it whatever another release has noted in it.
    step: { ...before.step, ...recordOf(seen.step), message },
    gates: held === undefined ? [] : gates.map(storedAnswer),
  }
}

interface Told {
  readonly step: Step
  readonly held: { readonly reason: string; readonly message: string } | undefined
  readonly message: string
  readonly drain: DrainState | undefined
}

function statusOf(seen: Observation, before: RunStatus, { step, held, message, drain }: Told): RunStatus {
  const { run, now, generation } = seen
  const short = safeText(message, 1024)
  const updates = conditionsOf({ step, held, dryRun: run.spec.dryRun, message: short, drain })
  const conditions = updates.reduce(
    (all, update) =>
      withCondition(all, { ...update, message: safeText(update.message, 1024), observedGeneration: generation }, now),
    before.conditions,
  )
  const treatment = run.spec.treatments[rungOf(step)]?.name ?? before.treatment
  return {
    ...before,
    observedGeneration: generation,
    step: { ...recordOf(step), message: short },
    conditions,
    planHash: before.planHash ?? planHash(run.spec),
    ...(drain === undefined ? {} : { drain }),
    ...(treatment === undefined ? {} : { treatment: 'rung' in step ? treatment : (before.treatment ?? treatment) }),
  }
}

const bounded = (timeline: readonly TimelineEntry[]): readonly TimelineEntry[] =>
  timeline.length <= timelineMax
    ? timeline
    : [...timeline.slice(0, timelineHeadKept), ...timeline.slice(timelineHeadKept - timelineMax)]
