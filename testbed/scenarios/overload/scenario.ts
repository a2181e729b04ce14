import { textAt } from '../../../src/kernel/json.ts'
import { workloadNamespace } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { evictionChecks, rightsCheck } from '../../scenario/checks.ts'
import { nameOf } from '../../scenario/conditions.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { arrange, replicas } from './arrange.ts'
import { follow } from './follow.ts'
import { availabilityChecks, replacementChecks } from './judge.ts'
import { loadFollowsPods } from './load.ts'
import { chooseTarget } from './target.ts'

/** An alert about load: the drain carries the load away and with it the alert, and the node is replaced all the same. */
export const overload: Scenario = {
  name: 'overload',
  title: 'an overloaded node is drained under its budget, given back to Karpenter and replaced',
  variations: ['killOperator'],
  play: async (stage) => {
    await arrange(stage)
    const pods = stage.watch('pods', `--namespace=${workloadNamespace}`)
    const budgets = stage.watch('poddisruptionbudgets', `--namespace=${workloadNamespace}`)
    await pods.until('all pods', () => pods.current().length === replicas, 10_000)
    const target = await chooseTarget(stage, pods.current())
    const leaving = pods.current().filter((pod) => textAt(pod, 'spec', 'nodeName') === target.nodeName)

    const began = Date.now()
    stage.timeline.fault(`the processors of ${target.nodeName} have no time left`, began)
    const stopLoad = loadFollowsPods(stage.bed.layout, { pods, nodeName: target.nodeName })
    const { replacement, alertEndedAt, overAt } = await follow(stage, { target, began, pods }).finally(stopLoad)

    const audit = readAudit(stage.bed.layout.auditLog, began)
    return [
      {
        sentence: 'the alert ended with the load, and the run went on all the same',
        holds: alertEndedAt < overAt,
        seen: `${((overAt - alertEndedAt) / 1_000).toFixed(2)} s longer`,
      },
      ...availabilityChecks({ budgets: budgets.history, pods: pods.history }, began),
      ...evictionChecks(
        audit,
        leaving.map((pod) => ({ namespace: workloadNamespace, name: nameOf(pod) })),
      ),
      ...(await replacementChecks(stage, { target, audit, replacement })),
      rightsCheck(audit),
    ]
  },
}
