import { annotation } from '../../api/annotations.ts'
import { runKind, type StepName } from '../../api/v1alpha1/node-remediation.ts'
import { isTransition } from '../../domain/remediation/transitions.ts'
import { listAt, textAt } from '../../kernel/json.ts'
import { annotationsOf, nameOf } from '../world/fields.ts'
import type { Checker } from './checker.ts'

/** Success is claimed only of a machine that has really booted since, is running, and has nothing in its kernel log. */
export function successIsReal(): Checker {
  const bootsAtStart = new Map<string, number>()
  return {
    invariant: 'I17',
    judge: (happening, truth) => {
      if (happening.kind !== 'Changed' || happening.change.plural !== 'noderemediations') return undefined
      const run = runKind.project(happening.change.object)
      const { step } = run.status
      const name = run.spec?.node.name ?? ''
      const host = truth.world.fleet.hosts.get(name)
      if (host !== undefined && !bootsAtStart.has(run.metadata.uid))
        bootsAtStart.set(run.metadata.uid, host.machine.boots)
      if (step?.outcome !== 'NodeRecovered' || host === undefined || step.name !== 'Releasing') return undefined
      const { machine } = host
      if (machine.boots === bootsAtStart.get(run.metadata.uid))
        return `${run.metadata.name} claims success, ${name} has not booted`
      if (machine.state !== 'Running') return `${run.metadata.name} claims success, ${name} is ${machine.state}`
      return machine.kernelLog.length > 0
        ? `${run.metadata.name} claims success, the fault of ${name} is still there`
        : undefined
    },
  }
}

/** Every write of a step is an arrow of the table. */
export const stepsFollowTheTable: Checker = {
  invariant: 'I18',
  judge: (happening) => {
    if (happening.kind !== 'Changed' || happening.change.plural !== 'noderemediations') return undefined
    const { object, previous } = happening.change
    const to = runKind.project(object).status.step?.name
    const from: StepName = (previous && runKind.project(previous).status.step?.name) ?? 'Approving'
    if (to === undefined || to === from || isTransition(from, to)) return undefined
    return `${nameOf(object)} goes from ${from} to ${to}`
  },
}

/** A Fault that is gone at the moment of the cordon is left alone; a node is not treated more often than its policy allows. */
export function recoveredAreLeftAlone(): Checker {
  const attempts = new Map<string, readonly { readonly uid: string; readonly at: number }[]>()
  return {
    invariant: 'I9',
    judge: (happening, truth) => {
      if (
        happening.kind !== 'Changed' ||
        happening.change.plural !== 'nodes' ||
        happening.change.previous === undefined
      )
        return undefined
      const { object, previous } = happening.change
      const owner = annotationsOf(object)[annotation.cordonedByRun]
      if (owner === undefined || annotationsOf(previous)[annotation.cordonedByRun] === owner) return undefined
      const run = truth.runs.find(({ metadata }) => metadata.uid === owner)
      if (run?.spec === undefined) return `${nameOf(object)} was cordoned by ${owner}, and there is no such run`
      const conditions = listAt(previous, 'status', 'conditions')
      const isSick = conditions.some(
        (condition) => textAt(condition, 'type') === 'KernelDeadlock' && textAt(condition, 'status') === 'True',
      )
      if (run.spec.cause.class === 'Fault' && !isSick)
        return `${nameOf(object)} was cordoned for a Fault that it no longer had`
      const limits = truth.policy(run.spec.policyName)?.limits.attempts
      const known = [
        ...(attempts.get(run.spec.node.uid) ?? []).filter(({ uid }) => uid !== owner),
        { uid: owner, at: truth.now() },
      ]
      attempts.set(run.spec.node.uid, known)
      const recent = known.filter((attempt) => truth.now() - attempt.at < (limits?.windowSeconds ?? 0) * 1_000)
      return recent.length > (limits?.max ?? 0)
        ? `${nameOf(object)} was treated ${recent.length} times, ${limits?.max} are allowed`
        : undefined
    },
  }
}
