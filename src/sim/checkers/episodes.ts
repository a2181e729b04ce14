import { annotation } from '../../api/annotations.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { isEqual, type JsonObject } from '../../kernel/json.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import type { Change } from '../api-server/api-request.ts'
import { annotationsOf, nameOf, uidOf } from '../world/fields.ts'
import { type Checker, type Happening, ledgerOf, runOf, type Truth } from './checker.ts'
import { Books, newSlots } from './claims.ts'
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
  const attempts = new Map<string, Map<string, Attempt>>()
  const books = new Books()
  return {
    invariant: 'I9',
    judge: (happening, truth) => {
      const forgotten = books.take(happening, truth)
      for (const known of attempts.values()) forget(known, forgotten)
      const run = changedRun(happening)
      if (run?.spec === undefined || run.status.step?.name !== 'Cordoning') return undefined
      const { retry = 0, rung = 0 } = run.status.step
      const known = attempts.get(run.spec.node.uid) ?? new Map<string, Attempt>()
      attempts.set(run.spec.node.uid, known)
      const key = `${run.metadata.uid}/${retry}`
      if (rung > 0 || known.has(key)) return undefined
      known.set(key, { runUID: run.metadata.uid, at: truth.now() })
      const times = [...known.values()].map(({ at }) => at)
      return tooOften(run, times, truth)
    },
  }
}

interface Attempt {
  readonly runUID: string
  readonly at: Instant
}

function forget(attempts: Map<string, Attempt>, runUIDs: ReadonlySet<string>): void {
  for (const [key, { runUID }] of attempts) if (runUIDs.has(runUID)) attempts.delete(key)
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
  const rests = new Rests()
  return {
    invariant: 'I9',
    judge: (happening, truth) => {
      rests.take(happening, truth)
      for (const { nodeUID, nodeName, policyName } of newSlots(happening, truth)) {
        const restMs = rests.ms(nodeUID, truth)
        const cooldownMs = seconds(truth.policy(policyName)?.limits.cooldownSeconds ?? 0)
        // A twentieth less: the clock of a replica may run fast.
        if (restMs * 20 < cooldownMs * 19) return `${nodeName} was begun again after ${restMs} ms of rest`
      }
      return undefined
    },
  }
}

/** Since when nodes have been left alone, by UID. */
class Rests {
  readonly #since = new Map<string, Attempt>()
  readonly #books = new Books()
  readonly #touched = new Set<string>()
  /** Runs that were seen to let go. */
  readonly #gone = new Set<string>()

  take(happening: Happening, truth: Truth): void {
    const forgotten = this.#books.take(happening, truth)
    forget(this.#since, forgotten)
    for (const runUID of forgotten) this.#gone.delete(runUID)
    for (const run of lettingGo(happening, truth)) {
      this.#gone.add(run.metadata.uid)
      this.#begin(run, truth)
    }
    const run = changedRun(happening)
    if (run !== undefined) this.#follow(run, truth)
  }

  /** Infinite where no run has touched it. */
  ms(nodeUID: string, { now }: Truth): number {
    return now() - (this.#since.get(nodeUID)?.at ?? Number.NEGATIVE_INFINITY)
  }

  #follow(run: NodeRemediation, truth: Truth): void {
    const { uid } = run.metadata
    if (run.status.step?.name === 'Draining') this.#touched.add(uid)
    if (run.status.step?.name !== 'Done') return
    // Without a ledger nobody can write down that it ended, and only a person ends the trip that comes of it.
    if (truth.ledger === undefined) this.#since.delete(run.spec?.node.uid ?? '')
    else if (!this.#gone.has(uid)) this.#begin(run, truth)
    this.#touched.delete(uid)
  }

  #begin({ metadata, spec }: NodeRemediation, { now }: Truth): void {
    if (spec === undefined || !this.#touched.has(metadata.uid)) return
    this.#since.set(spec.node.uid, { runUID: metadata.uid, at: now() })
  }
}

/**
 * The runs that let go of their node by this very write. From Releasing on each of these puts the beginning of the rest off: the step
 * itself, a change of the node, a change of the ledger that is about the run. That it is over is only written down: after the slot
 * nothing is left to be done, and the API server may keep that last write waiting for as long as it likes.
 */
function lettingGo(happening: Happening, truth: Truth): readonly NodeRemediation[] {
  if (happening.kind !== 'Changed' || happening.change.request.user !== truth.user) return []
  const { plural, object, previous } = happening.change
  if (plural === runKind.plural) {
    const wasReleasing = previous !== undefined && isReleasing(runOf(previous))
    return [runOf(object)].filter((run) => isReleasing(run) && !wasReleasing)
  }
  const releasing = truth.runs.filter(isReleasing)
  if (plural === 'nodes') return releasing.filter(({ spec }) => spec?.node.uid === uidOf(object))
  if (plural !== 'disruptionledgers') return []
  const entriesOf = (ledger: JsonObject | undefined, uid: string) => {
    const { slots = [], starts = [] } = (ledger && ledgerOf(ledger)) ?? {}
    return [...slots, ...starts].filter(({ runUID }) => runUID === uid)
  }
  return releasing.filter(({ metadata: { uid } }) => !isEqual(entriesOf(object, uid), entriesOf(previous, uid)))
}

const isReleasing = ({ status }: NodeRemediation): boolean => status.step?.name === 'Releasing'

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
