import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { isInPlace, kindOfTreatment, type Treatment } from '../../api/v1alpha1/treatment.ts'
import type { Machine } from '../world/host/machine.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'

/** What a job begins to do on a node is what its run wants done there just now, and on the boot that the run has seen. */
export const nodeJobsAreWanted: Checker = {
  invariant: 'I18',
  judge: (happening, truth) => {
    if (happening.kind !== 'World' || happening.event.kind !== 'NodeCommandBegan') return undefined
    const { machine, task } = happening.event
    const run = truth.openRunOn(machine)
    const step = run?.status.step
    const rung = run && rungOf(run)
    if (step?.name !== 'Treating' || step.stage !== 'Ordering' || rung === undefined || kindOfTreatment(rung) !== task)
      return `${task} began on ${machine}, and no run was ordering that`
    const { bootID } = truth.world.machine(machine)
    return step.bootID === bootID ? undefined : `${task} began on ${machine}, which has booted since it was ordered`
  },
}

/** Two scripts at work on one node would undo each other's measure. */
export function nodeJobsAreAlone(): Checker {
  const atWork = new Map<string, Set<string>>()
  return {
    invariant: 'I18',
    judge: (happening) => {
      if (happening.kind !== 'World') return undefined
      const { event } = happening
      if (event.kind === 'ProcessExited' || event.kind === 'ProcessKilled') {
        atWork.get(event.machine)?.delete(event.pod.uid)
        return undefined
      }
      if (event.kind !== 'NodeCommandBegan') return undefined
      const pods = atWork.get(event.machine) ?? new Set()
      atWork.set(event.machine, pods)
      const isAlone = pods.size === 0
      pods.add(event.pod.uid)
      return isAlone ? undefined : `${event.task} began on ${event.machine} beside another node job`
    },
  }
}

/** Evidence that a rung in place has worked is claimed only of a disk that is below its target, and of a service that was started anew. */
export function evidenceIsReal(): Checker {
  const begun = new Map<string, Before>()
  return {
    invariant: 'I17',
    judge: (happening, truth) => {
      const run = changedRun(happening)
      const rung = run && rungOf(run)
      if (run === undefined || rung === undefined || !isInPlace(rung)) return undefined
      const { uid, name } = run.metadata
      const { stage, worked } = run.status.step ?? {}
      if (stage === 'Ordering' && !begun.has(keyOf(uid, run))) begun.set(keyOf(uid, run), beforeOf(run, rung, truth))
      if (stage !== 'Withdrawing' || worked !== true) return undefined
      const why = unreal(run, { rung, truth, before: begun.get(keyOf(uid, run)) })
      return why && `${name} says that ${rung.name} has worked, ${why}`
    },
  }
}

interface Before {
  readonly boots: number
  readonly restarts: number
}

const keyOf = (uid: string, { status }: NodeRemediation): string =>
  `${uid}/${status.step?.retry ?? 0}/${status.step?.rung ?? 0}`

const machineOf = (run: NodeRemediation, { world }: Truth): Machine | undefined =>
  world.fleet.hosts.get(run.spec?.node.name ?? '')?.machine

const restartsOf = (run: NodeRemediation, { restartService }: Treatment, { world }: Truth): number =>
  world.fleet.hosts.get(run.spec?.node.name ?? '')?.kubelet.services.restartsOf(restartService?.name ?? '') ?? 0

const beforeOf = (run: NodeRemediation, rung: Treatment, truth: Truth): Before => ({
  boots: machineOf(run, truth)?.boots ?? 0,
  restarts: restartsOf(run, rung, truth),
})

interface Claim {
  readonly rung: Treatment
  readonly truth: Truth
  readonly before: Before | undefined
}

function unreal(run: NodeRemediation, { rung, truth, before }: Claim): string | undefined {
  const machine = machineOf(run, truth)
  if (machine === undefined || before === undefined) return undefined
  if (rung.freeDisk !== undefined) {
    const { usedPercent } = machine.disk
    return usedPercent < rung.freeDisk.belowPercent ? undefined : `and its disk is ${usedPercent} % full`
  }
  const isNew = machine.boots > before.boots || restartsOf(run, rung, truth) > before.restarts
  return isNew ? undefined : `and ${rung.restartService?.name} was not started anew`
}

const rungOf = ({ spec, status }: NodeRemediation): Treatment | undefined => spec?.treatments[status.step?.rung ?? 0]

const changedRun = (happening: Happening): NodeRemediation | undefined =>
  happening.kind === 'Changed' && happening.change.plural === runKind.plural && happening.change.type !== 'DELETED'
    ? runOf(happening.change.object)
    : undefined
