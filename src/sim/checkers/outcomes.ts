import { type NodeRemediation, runKind, type StepName } from '../../api/v1alpha1/node-remediation.ts'
import { isTransition } from '../../domain/remediation/transitions.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import { isReady, labelsOf, nameOf, uidOf } from '../world/fields.ts'
import type { Machine } from '../world/host/machine.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'
import { Symptoms } from './symptoms.ts'

/**
 * Success is claimed only of a machine that has really booted since its run began, is running, no longer shows its cause and has been
 * Ready for as long as the rung demands; a replacement only when the old node is gone and the capacity is back.
 */
export function successIsReal(): Checker {
  const begun = new Map<string, Before>()
  const symptoms = new Symptoms()
  return {
    invariant: 'I17',
    judge: (happening, truth) => {
      symptoms.take(happening, truth)
      const run = changedRun(happening)
      if (run?.spec === undefined) return undefined
      const before = begun.get(run.metadata.uid) ?? beforeOf(run, truth)
      begun.set(run.metadata.uid, before)
      if (run.status.step?.name !== 'Releasing') return undefined
      if (run.status.step.outcome === 'NodeReplaced') return notReplaced(run, before, truth)
      return run.status.step.outcome === 'NodeRecovered' ? notRecovered(run, { before, symptoms, truth }) : undefined
    },
  }
}

/** The world when a run was created. */
interface Before {
  readonly boots: number
  readonly pool: string | undefined
  readonly readyInPool: number
}

const poolLabel = 'karpenter.sh/nodepool'

function beforeOf({ spec }: NodeRemediation, truth: Truth): Before {
  const name = spec?.node.name ?? ''
  const node = truth.node(name)
  const pool = node && labelsOf(node)[poolLabel]
  return { boots: truth.world.fleet.hosts.get(name)?.machine.boots ?? 0, pool, readyInPool: readyIn(pool, name, truth) }
}

/** Without the node itself: whatever becomes of it, so many more than there were must be there. */
const readyIn = (pool: string | undefined, except: string, { nodes }: Truth): number =>
  nodes.filter((node) => labelsOf(node)[poolLabel] === pool && nameOf(node) !== except && isReady(node)).length

function notReplaced(
  { metadata, spec }: NodeRemediation,
  { pool, readyInPool }: Before,
  truth: Truth,
): string | undefined {
  const node = truth.node(spec?.node.name ?? '')
  if (node !== undefined && uidOf(node) === spec?.node.uid)
    return `${metadata.name} claims success, the old node is there`
  const ready = readyIn(pool, spec?.node.name ?? '', truth)
  return pool !== undefined && ready === 0 && readyInPool > 0
    ? `${metadata.name} claims success, and ${pool} has no ready node`
    : undefined
}

interface Proof {
  readonly before: Before
  readonly symptoms: Symptoms
  readonly truth: Truth
}

function notRecovered(run: NodeRemediation, { before, symptoms, truth }: Proof): string | undefined {
  const nodeName = run.spec?.node.name ?? ''
  const machine = truth.world.fleet.hosts.get(nodeName)?.machine
  const node = truth.node(nodeName)
  const what =
    machine === undefined || node === undefined
      ? 'and there is no such node'
      : (unrealIn(machine, before.boots) ??
        uncleared(run, { before, symptoms, truth }) ??
        unstable(run, symptoms.since(node, ready, truth.now()), truth))
  return what === undefined ? undefined : `${run.metadata.name} claims success, ${what}`
}

const ready = { nodeCondition: { type: 'Ready', status: 'True' } } as const

function unstable({ spec, status }: NodeRemediation, since: Instant | undefined, { now }: Truth): string | undefined {
  const treatment = spec?.treatments[status.step?.rung ?? 0] ?? spec?.treatments[0]
  const stableMs = seconds(treatment?.verification.stableSeconds ?? 0)
  // A twentieth less: the clock of a replica may run fast.
  const isStable = since !== undefined && (now() - since) * 20 >= stableMs * 19
  return isStable ? undefined : `${spec?.node.name} has not been Ready for ${stableMs} ms`
}

function unrealIn(machine: Machine, boots: number): string | undefined {
  if (machine.boots === boots) return `${machine.name} has not booted`
  return machine.state === 'Running' ? undefined : `${machine.name} is ${machine.state}`
}

/** What is visible for so long must have been seen. A fault that its detector has forgotten nobody can see. */
const visibleMs = seconds(20)

function uncleared({ spec }: NodeRemediation, { symptoms, truth }: Proof): string | undefined {
  const node = truth.node(spec?.node.name ?? '')
  const sign = spec?.cause.signals.find(({ nodeCondition }) => {
    const since = node && nodeCondition && symptoms.since(node, { nodeCondition }, truth.now())
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
