import { annotation } from '../../api/annotations.ts'
import { type NodeRemediation, runKind, type StepName } from '../../api/v1alpha1/node-remediation.ts'
import { isTransition } from '../../domain/remediation/transitions.ts'
import { type JsonObject, listAt, textAt } from '../../kernel/json.ts'
import { seconds } from '../../kernel/time.ts'
import type { Change } from '../api-server/api-request.ts'
import { annotationsOf, nameOf } from '../world/fields.ts'
import type { Machine } from '../world/host/machine.ts'
import type { Checker, Truth } from './checker.ts'

/** Success is claimed only of a machine that has really booted since, is running, and has nothing in its kernel log. */
export function successIsReal(): Checker {
  const bootsAtStart = new Map<string, number>()
  return {
    invariant: 'I17',
    judge: (happening, { world }) => {
      if (happening.kind !== 'Changed' || happening.change.plural !== runKind.plural) return undefined
      const run = runKind.project(happening.change.object)
      const machine = world.fleet.hosts.get(run.spec?.node.name ?? '')?.machine
      if (machine === undefined) return undefined
      const boots = bootsAtStart.get(run.metadata.uid) ?? machine.boots
      bootsAtStart.set(run.metadata.uid, boots)
      const claims = run.status.step?.name === 'Releasing' && run.status.step.outcome === 'NodeRecovered'
      return claims ? unreal(machine, { boots, name: run.metadata.name }) : undefined
    },
  }
}

function unreal(
  machine: Machine,
  { boots, name }: { readonly boots: number; readonly name: string },
): string | undefined {
  if (machine.boots === boots) return `${name} claims success, ${machine.name} has not booted`
  if (machine.state !== 'Running') return `${name} claims success, ${machine.name} is ${machine.state}`
  return machine.kernelLog.length > 0
    ? `${name} claims success, the fault of ${machine.name} is still there`
    : undefined
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
  const attempts = new Map<string, Map<string, number>>()
  return {
    invariant: 'I9',
    judge: (happening, truth) => {
      const cordon = happening.kind === 'Changed' ? newCordon(happening.change) : undefined
      if (cordon === undefined) return undefined
      const name = nameOf(cordon.node)
      const run = truth.runs.find(({ metadata }) => metadata.uid === cordon.owner)
      if (run?.spec === undefined) return `${name} was cordoned by ${cordon.owner}, and there is no such run`
      if (run.spec.cause.class === 'Fault' && !cordon.wasSick)
        return `${name} was cordoned for a Fault that it no longer had`
      const known = attempts.get(run.spec.node.uid) ?? new Map<string, number>()
      attempts.set(run.spec.node.uid, known.set(cordon.owner, truth.now()))
      return tooOften([...known.values()], { run, truth })
    },
  }
}

function tooOften(
  times: readonly number[],
  { run, truth }: { readonly run: NodeRemediation; readonly truth: Truth },
): string | undefined {
  const { max, windowSeconds } = truth.policy(run.spec?.policyName ?? '')?.limits.attempts ?? {
    max: 0,
    windowSeconds: 0,
  }
  const recent = times.filter((time) => truth.now() - time < seconds(windowSeconds))
  return recent.length > max
    ? `${run.spec?.node.name} was treated ${recent.length} times, ${max} are allowed`
    : undefined
}

interface NewCordon {
  readonly node: JsonObject
  /** UID of the run. */
  readonly owner: string
  /** In the very version of the node that was patched. */
  readonly wasSick: boolean
}

function newCordon({ plural, object, previous }: Change): NewCordon | undefined {
  if (plural !== 'nodes' || previous === undefined) return undefined
  const owner = annotationsOf(object)[annotation.cordonedByRun]
  if (owner === undefined || annotationsOf(previous)[annotation.cordonedByRun] === owner) return undefined
  const conditions = listAt(previous, 'status', 'conditions')
  const wasSick = conditions.some(
    (condition) => textAt(condition, 'type') === 'KernelDeadlock' && textAt(condition, 'status') === 'True',
  )
  return { node: object, owner, wasSick }
}
