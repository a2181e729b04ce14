import { annotation } from '../../api/annotations.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import type { Change } from '../api-server/api-request.ts'
import { annotationsOf, nameOf } from '../world/fields.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'
import { areBooksForged, newSlots } from './claims.ts'
import { isManual, isStated } from './symptoms.ts'

/** A Fault that is gone at the moment of the cordon is left alone. */
export const recoveredAreLeftAlone: Checker = {
  invariant: 'I9',
  judge: (happening, truth) => {
    // What people write into our annotations is no cordon of ours.
    const isOurs = happening.kind === 'Changed' && happening.change.request.user === truth.user
    const cordon = isOurs ? newCordon(happening.change) : undefined
    if (cordon === undefined) return undefined
    const name = nameOf(cordon.before)
    const run = truth.runByUID(cordon.owner)
    if (run?.spec === undefined) return `${name} was cordoned by ${cordon.owner}, and there is no such run`
    const { signals } = run.spec.cause
    const isVisible = signals.length > 0 && signals.every(({ nodeCondition }) => nodeCondition !== undefined)
    if (run.spec.cause.class !== 'Fault' || isManual(run) || !isVisible) return undefined
    return signals.some((signal) => isStated(cordon.before, signal))
      ? undefined
      : `${name} was cordoned for a Fault that it no longer had`
  },
}

interface NewCordon {
  /** The very version of the node that was patched. */
  readonly before: JsonObject
  /** UID of the run. */
  readonly owner: string
}

function newCordon({ plural, object, previous }: Change): NewCordon | undefined {
  if (plural !== 'nodes' || previous === undefined) return undefined
  const owner = annotationsOf(object)[annotation.cordonedByRun]
  const isNew = owner !== undefined && annotationsOf(previous)[annotation.cordonedByRun] !== owner
  return isNew ? { before: previous, owner } : undefined
}

/** A node is treated no more often than its policy allows, counted from outside; a retry is an attempt like any other. */
export function attemptsAreCounted(): Checker {
  const attempts = new Map<string, Map<string, Instant>>()
  return {
    invariant: 'I9',
    judge: (happening, truth) => {
      if (areBooksForged(happening, truth)) attempts.clear()
      const run = changedRun(happening)
      if (run?.spec === undefined || run.status.step?.name !== 'Cordoning') return undefined
      const { retry = 0, rung = 0 } = run.status.step
      const known = attempts.get(run.spec.node.uid) ?? new Map<string, Instant>()
      attempts.set(run.spec.node.uid, known)
      const key = `${run.metadata.uid}/${retry}`
      if (rung > 0 || known.has(key)) return undefined
      known.set(key, truth.now())
      return tooOften(run, [...known.values()], truth)
    },
  }
}

function tooOften({ spec }: NodeRemediation, times: readonly Instant[], truth: Truth): string | undefined {
  const limit = truth.policy(spec?.policyName ?? '')?.limits.attempts
  if (limit === undefined) return undefined
  const recent = times.filter((time) => truth.now() - time < seconds(limit.windowSeconds))
  return recent.length > limit.max
    ? `${spec?.node.name} was treated ${recent.length} times, ${limit.max} are allowed`
    : undefined
}

/** After a run that touched it a node is left alone for the whole cool-down, in true time. */
export function cooldownIsKept(): Checker {
  const ends = new Map<string, Instant>()
  const touched = new Set<string>()
  return {
    invariant: 'I9',
    judge: (happening, truth) => {
      if (areBooksForged(happening, truth)) ends.clear()
      const ended = endOf(changedRun(happening), touched)
      if (ended !== undefined) ends.set(ended, truth.now())
      for (const { nodeUID, nodeName, policyName } of newSlots(happening, truth)) {
        const restMs = truth.now() - (ends.get(nodeUID) ?? Number.NEGATIVE_INFINITY)
        const cooldownMs = seconds(truth.policy(policyName)?.limits.cooldownSeconds ?? 0)
        // A twentieth less: the clock of a replica may run fast.
        if (restMs * 20 < cooldownMs * 19) return `${nodeName} was begun again after ${restMs} ms of rest`
      }
      return undefined
    },
  }
}

/** UID of a node that is left by a run which had touched it. */
function endOf(run: NodeRemediation | undefined, touched: Set<string>): string | undefined {
  if (run?.status.step?.name === 'Draining') touched.add(run.metadata.uid)
  const isOver = run?.status.step?.name === 'Done' && touched.delete(run.metadata.uid)
  return isOver ? run.spec?.node.uid : undefined
}

/** Within a run no rung is treated after a higher one; people alone send it back to its foot. */
export function ladderOnlyClimbs(): Checker {
  const highest = new Map<string, number>()
  return {
    invariant: 'I9',
    judge: (happening) => {
      const run = changedRun(happening)
      if (run?.status.step?.name !== 'Treating') return undefined
      const { rung = 0, retry = 0 } = run.status.step
      const key = `${run.metadata.uid}/${retry}`
      const before = highest.get(key) ?? 0
      highest.set(key, Math.max(before, rung))
      return rung < before ? `${run.metadata.name} went from rung ${before} back to rung ${rung}` : undefined
    },
  }
}

const changedRun = (happening: Happening): NodeRemediation | undefined =>
  happening.kind === 'Changed' && happening.change.plural === runKind.plural && happening.change.type !== 'DELETED'
    ? runOf(happening.change.object)
    : undefined
