import { setTimeout as sleep } from 'node:timers/promises'
import { isObject, type JsonObject, listAt } from '../../../src/kernel/json.ts'
import { healed, incidentChecks, strike } from '../../incident/incident.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines, arrangeMachineWorkload } from '../../incident/machines.ts'
import type { Kubectl } from '../../kubectl.ts'
import { operatorNamespace } from '../../operator/install.ts'
import { arrangeGuard, arrangeOperator, arrangePolicy, workloadNamespace } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { deletionCheck } from '../../scenario/checks.ts'
import { nameOf } from '../../scenario/conditions.ts'
import { heldBecause } from '../../scenario/holds.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { countsOf, effectsOf } from '../../scenario/writes.ts'

/** Somebody has narrowed our rights: the budgets of one namespace may not be read. What is not known is not assumed to be free. */
export const unreadableNamespace: Scenario = {
  name: 'unreadable-namespace',
  title: 'where the budgets of a namespace may not be read nothing begins, and it is said why',
  play: async (stage) => {
    const [hardware] = await arrangeMachines(stage)
    if (hardware === undefined) throw new Error('the rack is empty')
    await arrangeMachineWorkload(stage, 6)
    await arrangeGuard(stage, looseGuard)
    const giveBack = await withoutBudgetsOf(stage, workloadNamespace)
    await arrangeOperator(stage)
    await arrangePolicy(stage, machinePolicy())

    const incident = await strike(stage, hardware)
    const words = await heldBecause(stage, {
      node: hardware.name,
      reasons: ['BudgetsUnreadable'],
      since: incident.began,
    })
    await sleep(15_000) // nothing may begin in this time
    const readableAt = Date.now()
    await giveBack()
    stage.timeline.mark('the budgets may be read again', readableAt)
    await healed(stage, incident)

    const audit = readAudit(stage.bed.layout.auditLog, incident.began)
    const early = effectsOf(audit.filter(({ at }) => at < readableAt))
    return [
      { sentence: 'the hold says what may not be read', holds: words !== '', seen: words },
      {
        sentence: 'as long as the budgets could not be read nothing was touched',
        headline: true,
        holds: early.length === 0,
        seen: countsOf(early),
      },
      ...incidentChecks(audit, incident),
      deletionCheck(audit),
    ]
  },
}

const role = 'prunella-observer'
const budgets = 'poddisruptionbudgets'

/** Rights only add up, so the right to read all budgets is replaced by one for every namespace but this. Returns how to undo it. */
async function withoutBudgetsOf(
  { bed: { kubectl }, afterwards }: Stage,
  namespace: string,
): Promise<() => Promise<void>> {
  const before = await kubectl.json(['get', 'clusterrole', role])
  const rules = listAt(before, 'rules').filter(isObject)
  const readable = (await kubectl.list(['get', 'namespaces'])).map(nameOf).filter((name) => name !== namespace)
  const narrowed = readable.flatMap((name) => readersOf(name))
  const giveBack = async (): Promise<void> => {
    await setRules(kubectl, rules)
    await kubectl.run(['delete', 'role,rolebinding', '--all-namespaces', `--selector=${narrowedLabel}`])
  }
  afterwards('giving the right to read budgets back', giveBack)
  await kubectl.apply(narrowed)
  await setRules(
    kubectl,
    rules.filter((rule) => !listAt(rule, 'resources').includes(budgets)),
  )
  return giveBack
}

const setRules = (kubectl: Kubectl, rules: readonly JsonObject[]): Promise<string> =>
  kubectl.run(['patch', 'clusterrole', role, '--type=merge', `--patch=${JSON.stringify({ rules })}`])

const narrowedLabel = 'testbed.prunella.dev/narrowed'

function readersOf(namespace: string): readonly JsonObject[] {
  const metadata = { name: 'testbed-read-budgets', namespace, labels: { [narrowedLabel]: 'true' } }
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  return [
    {
      apiVersion,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: ['policy'], resources: [budgets], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: 'prunella', namespace: operatorNamespace }],
    },
  ]
}
