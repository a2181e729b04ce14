import { type NodeRemediation, runKind, type StepName } from '../../api/v1alpha1/node-remediation.ts'
import { isInPlace } from '../../api/v1alpha1/treatment.ts'
import { isTransition } from '../../domain/remediation/transitions.ts'
import { type JsonObject, textAt } from '../../kernel/json.ts'
import { type Instant, later, parseTime, seconds } from '../../kernel/time.ts'
import { labelsOf, uidOf } from '../world/fields.ts'
import type { Machine } from '../world/host/machine.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'
import { Daemons } from './daemons.ts'
import { Symptoms } from './symptoms.ts'

/**
 * Success is claimed only of a machine that has really booted since its run began (unless the rung keeps it up), is running, no longer
 * shows its cause, serves its DaemonSets and has been Ready for as long as the rung demands; a replacement only when the old node is
 * gone and the capacity is back.
 */
export function successIsReal(): Checker {
  const begun = new Map<string, Before>()
  const symptoms = new Symptoms()
  const lives = new Lives()
  const daemons = new Daemons()
  return {
    invariant: 'I17',
    judge: (happening, truth) => {
      symptoms.take(happening, truth)
      lives.take(happening, truth)
      daemons.take(happening, truth)
      const run = changedRun(happening)
      if (run?.spec === undefined) return undefined
      const before = begun.get(run.metadata.uid) ?? beforeOf(run, truth)
      begun.set(run.metadata.uid, before)
      if (run.status.step?.name !== 'Releasing' || wasReleasing(happening)) return undefined
      const proof = { before, symptoms, lives, daemons, truth, rung: provenRung(happening) }
      if (run.status.step.outcome === 'NodeReplaced') return notReplaced(run, proof)
      if (run.status.step.outcome === 'NodeRelieved') return notRelieved(run, proof)
      return run.status.step.outcome === 'NodeRecovered' ? notRecovered(run, proof) : undefined
    },
  }
}

/** The world when a run was created. */
interface Before {
  readonly at: Instant
  readonly boots: number
  /** Undefined: nobody has rented the node out. */
  readonly pool: string | undefined
}

const poolLabel = 'karpenter.sh/nodepool'

function beforeOf({ spec }: NodeRemediation, truth: Truth): Before {
  const { objects, fleet } = truth.world
  const name = spec?.node.name ?? ''
  const rented = objects.get('nodeclaims.karpenter.sh', { name }) ?? truth.node(name)
  const pool = rented && labelsOf(rented)[poolLabel]
  return { at: truth.now(), boots: fleet.hosts.get(name)?.machine.boots ?? 0, pool }
}

/** A node that went under while the claim of it travelled was there, and Ready, all the same. */
const lateMs = seconds(20)

/** The old node is gone, and one of the same pool has come since the run began and is ready. */
function notReplaced({ metadata, spec }: NodeRemediation, { before, symptoms, truth }: Proof): string | undefined {
  const claims = `${metadata.name} claims success`
  const node = truth.node(spec?.node.name ?? '')
  if (node !== undefined && uidOf(node) === spec?.node.uid) return `${claims}, the old node is there`
  const { pool } = before
  if (pool === undefined) return `${claims}, and nobody had rented out ${spec?.node.name}`
  const moments = [truth.now(), later(truth.now(), -lateMs)]
  const isBack = truth.nodes.some(
    (other) =>
      labelsOf(other)[poolLabel] === pool &&
      createdAt(other) >= Math.floor(before.at / 1_000) * 1_000 &&
      moments.some((moment) => symptoms.since(other, ready, moment) !== undefined),
  )
  return isBack ? undefined : `${claims}, and no node of ${pool} that has come since is ready`
}

const createdAt = (node: JsonObject): number => parseTime(textAt(node, 'metadata', 'creationTimestamp')) ?? 0

interface Proof {
  readonly before: Before
  readonly symptoms: Symptoms
  readonly lives: Lives
  readonly daemons: Daemons
  readonly truth: Truth
  /** Which is said to have helped. */
  readonly rung: number
}

/** Two renewals of a lease: who has died since cannot have been missed yet. */
const deathShowsMs = seconds(20)

/** Since when machines are down. */
class Lives {
  readonly #downSince = new Map<string, Instant>()

  take(happening: Happening, { now }: Truth): void {
    if (happening.kind !== 'World' || happening.event.kind !== 'MachineBecame') return
    const { machine, state } = happening.event
    if (state === 'Running') this.#downSince.delete(machine)
    else this.#downSince.set(machine, this.#downSince.get(machine) ?? now())
  }

  /** Not running, and for so long that it shows. */
  isDead({ name, state }: Machine, { now }: Truth): boolean {
    return state !== 'Running' && now() - (this.#downSince.get(name) ?? Number.NEGATIVE_INFINITY) > deathShowsMs
  }
}

function notRecovered(run: NodeRemediation, proof: Proof): string | undefined {
  const { truth, symptoms } = proof
  const nodeName = run.spec?.node.name ?? ''
  const machine = truth.world.fleet.hosts.get(nodeName)?.machine
  const node = truth.node(nodeName)
  const what =
    machine === undefined || node === undefined
      ? 'and there is no such node'
      : (unrealIn(run, machine, proof) ??
        uncleared(run, proof) ??
        unserved(nodeName, proof) ??
        unstable(run, symptoms.stoodMs(node, ready, { at: truth.now(), lateMs })))
  return what === undefined ? undefined : `${run.metadata.name} claims success, ${what}`
}

/** Its load is below the target of the rung, and the node serves. */
function notRelieved(run: NodeRemediation, proof: Proof): string | undefined {
  const { truth, symptoms } = proof
  const nodeName = run.spec?.node.name ?? ''
  const node = truth.node(nodeName)
  const below = run.spec?.treatments.find(({ relieve }) => relieve !== undefined)?.relieve?.below ?? 0
  const load = truth.world.load.of(nodeName) / 100
  if (node === undefined) return `${run.metadata.name} claims relief, and there is no such node`
  const what =
    load >= below
      ? `the load of ${nodeName} is ${load}`
      : (uncleared(run, proof) ??
        unserved(nodeName, proof) ??
        unstable(run, symptoms.stoodMs(node, ready, { at: truth.now(), lateMs })))
  return what && `${run.metadata.name} claims relief, and ${what}`
}

function unserved(nodeName: string, { daemons, truth }: Proof): string | undefined {
  const daemon = daemons.lackingOn(nodeName, visibleMs, truth)
  return daemon && `DaemonSet pod ${daemon} is not ready`
}

const ready = { nodeCondition: { type: 'Ready', status: 'True' } } as const

function unstable({ spec, status }: NodeRemediation, stoodMs: number): string | undefined {
  const treatment = spec?.treatments[status.step?.rung ?? 0] ?? spec?.treatments[0]
  const stableMs = seconds(treatment?.verification.stableSeconds ?? 0)
  // A twentieth less: the clock of a replica may run fast.
  return stoodMs * 20 >= stableMs * 19 ? undefined : `${spec?.node.name} has not been Ready for ${stableMs} ms`
}

function unrealIn(run: NodeRemediation, machine: Machine, { before, lives, truth, rung }: Proof): string | undefined {
  const treatment = run.spec?.treatments[rung]
  const staysUp = treatment !== undefined && isInPlace(treatment)
  if (machine.boots === before.boots && !staysUp) return `${machine.name} has not booted`
  return lives.isDead(machine, truth) ? `${machine.name} is ${machine.state}` : undefined
}

/** What is visible for so long must have been seen. A fault that its detector has forgotten nobody can see. */
const visibleMs = seconds(20)

function uncleared({ spec }: NodeRemediation, { symptoms, truth }: Proof): string | undefined {
  const node = truth.node(spec?.node.name ?? '')
  const sign = spec?.cause.signals.find((signal) => {
    const since = node && symptoms.stillSince(node, signal, truth.now())
    return since !== undefined && truth.now() - since > visibleMs
  })
  return sign && `${spec?.node.name} still shows ${sign.name}`
}

/** Every write of a step is an arrow of the table. */
export const stepsFollowTheTable: Checker = {
  invariant: 'I18',
  judge: (happening) => {
    const run = changedRun(happening)
    if (run === undefined || happening.kind !== 'Changed') return undefined
    const { previous } = happening.change
    const to = run.status.step?.name
    const from: StepName = (previous && runOf(previous).status.step?.name) ?? 'Approving'
    if (to === undefined || to === from || isTransition(from, to)) return undefined
    return `${run.metadata.name} goes from ${from} to ${to}`
  },
}

const changedRun = (happening: Happening): NodeRemediation | undefined =>
  happening.kind === 'Changed' && happening.change.plural === runKind.plural && happening.change.type !== 'DELETED'
    ? runOf(happening.change.object)
    : undefined

const provenRung = (happening: Happening): number =>
  happening.kind === 'Changed' && happening.change.previous !== undefined
    ? (runOf(happening.change.previous).status.step?.rung ?? 0)
    : 0

const wasReleasing = (happening: Happening): boolean =>
  happening.kind === 'Changed' &&
  happening.change.previous !== undefined &&
  runOf(happening.change.previous).status.step?.name === 'Releasing'
