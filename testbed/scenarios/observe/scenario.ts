import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { isObject, type JsonObject, textAt } from '../../../src/kernel/json.ts'
import { arrangeFleet, type FleetNode, fleetLabel, report } from '../../fleet/fleet.ts'
import { fleetPolicy } from '../../fleet/fleet-policy.ts'
import { looseGuard } from '../../incident/machine-policy.ts'
import { kubectlWith } from '../../kubectl.ts'
import { operatorNamespace } from '../../operator/install.ts'

import { CommandError } from '../../process/run.ts'
import {
  arrangeGuard,
  arrangeOperator,
  arrangePolicy,
  arrangeWorkload,
  container,
  deployment,
} from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { rightsCheck } from '../../scenario/checks.ts'
import { conditionOf } from '../../scenario/conditions.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { nodesCheck } from '../../scenario/settled.ts'
import type { Check } from '../../scenario/verdict.ts'
import { countsOf, effectsOf, writesOf } from '../../scenario/writes.ts'
import { wait } from '../../wait.ts'
import { timesFallenSick } from './judge.ts'

/** A policy that would act on everything, a thousand faults, and an operator that may only look. */
export const observe: Scenario = {
  name: 'observe',
  title: 'in mode Observe a thousand faults lead to no write but our own objects, lease and events',
  variations: ['short'],
  play: async (stage) => {
    const { bed } = stage
    const [count, waves] = stage.varied.short ? [50, 2] : [250, 4]
    const fleet = await arrangeFleet(stage, count)
    await arrangeWorkload(stage, [
      deployment('web', 60, { nodeSelector: { [fleetLabel]: 'true' }, containers: [container('1')] }),
    ])
    await withoutRightsToAct(stage)
    await arrangeGuard(stage, { ...looseGuard, maxConcurrent: 200 })
    await arrangeOperator(stage)
    await arrangePolicy(stage, fleetPolicy(spec))
    const rights = await rightsChecks(stage)

    const began = Date.now()
    stage.timeline.fault(`${waves} waves of ${count} faults begin`, began)
    for (let wave = 1; wave <= waves; wave += 1) await strikeAll(stage, fleet, wave)

    const audit = readAudit(bed.layout.auditLog, began)
    const effects = effectsOf(audit)
    const noticed = timesFallenSick(audit)
    return [
      ...rights,
      {
        sentence: `it was awake: all ${count * waves} faults were seen`,
        headline: true,
        holds: noticed >= count * waves,
        seen: `${noticed} times a node was recorded as sick`,
      },
      {
        sentence: 'not one write outside our own group, our lease and events, not even a refused one',
        headline: true,
        holds: effects.length === 0,
        seen: effects.length === 0 ? countsOf(writesOf(audit)) : countsOf(effects),
      },
      rightsCheck(audit),
      await nodesCheck(stage, fleetLabel),
    ]
  },
}

const spec = {
  mode: 'Observe',
  limits: { maxConcurrent: 200, maxUnhealthy: '100%', minHealthy: 0 },
}

/** As installed with deploy/install-observe.yaml: the bindings of actor and fencer are missing. */
async function withoutRightsToAct({ bed: { kubectl, layout }, afterwards }: Stage): Promise<void> {
  const bindings = ['actor', 'fencer'].flatMap((part) =>
    parseAllDocuments(readFileSync(join(layout.repository, `deploy/rbac/${part}.yaml`), 'utf8'))
      .map((document): unknown => document.toJS())
      .filter(isObject)
      .filter((object) => textAt(object, 'kind')?.endsWith('Binding')),
  )
  afterwards('giving the rights to act back', () => kubectl.apply(bindings))
  for (const binding of bindings) await kubectl.run(['delete', ...nameOf(binding), '--ignore-not-found'])
}

const nameOf = (binding: JsonObject): readonly string[] => {
  const namespace = textAt(binding, 'metadata', 'namespace')
  const place = namespace === undefined ? [] : [`--namespace=${namespace}`]
  return [textAt(binding, 'kind') ?? '', textAt(binding, 'metadata', 'name') ?? '', ...place]
}

const forbidden = [
  ['patch', 'nodes'],
  ['delete', 'nodes'],
  ['delete', 'pods'],
  ['create', 'pods/eviction'],
  ['delete', 'nodeclaims.karpenter.sh'],
  ['create', 'jobs.batch', `--namespace=${operatorNamespace}`],
  ['get', 'secrets', `--namespace=${operatorNamespace}`],
] as const

/** What anybody can ask who doubts: the API server's own answer, with the operator's own credentials. */
async function rightsChecks({ bed }: Stage): Promise<readonly Check[]> {
  const own = kubectlWith(bed.layout, bed.operatorKubeconfig)
  const checks: Check[] = []
  for (const [verb, resource, ...place] of forbidden) {
    const answer = (await own.run(['auth', 'can-i', verb, resource, ...place]).catch(outputOf)).trim()
    checks.push({ sentence: `kubectl auth can-i ${verb} ${resource}`, holds: answer === 'no', seen: answer })
  }
  return checks
}

/** A no is told by the exit code too. */
function outputOf(error: unknown): string {
  if (error instanceof CommandError) return error.outcome.stdout
  throw error
}

/** Returns when all nodes had been seen sick, and well again. */
async function strikeAll({ bed, timeline }: Stage, fleet: readonly FleetNode[], wave: number): Promise<void> {
  const sick = async (): Promise<number> =>
    (await bed.kubectl.list(['get', 'nodehealths'])).filter((health) => conditionOf(health, 'Healthy') !== 'True')
      .length
  const until = (what: string, count: number): Promise<true> =>
    wait(
      what,
      async (): Promise<true> => {
        const seen = await sick()
        if (seen !== count) throw new Error(`${seen} of ${count}`)
        return true
      },
      { deadlineMs: 240_000, everyMs: 2_000 },
    )
  await report(bed, fleet, 'True')
  await until('all nodes to be seen sick', fleet.length)
  timeline.mark(`wave ${wave}: ${fleet.length} nodes are seen sick`, Date.now())
  await report(bed, fleet, 'False')
  await until('all nodes to be seen well', 0)
}
