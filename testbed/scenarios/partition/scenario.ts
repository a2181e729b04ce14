import { setTimeout as sleep } from 'node:timers/promises'
import { textAt } from '../../../src/kernel/json.ts'
import { arrangeFleet, fleetLabel, listFleet, setKubelets } from '../../fleet/fleet.ts'
import { fleetPolicy, fleetPolicyName } from '../../fleet/fleet-policy.ts'
import { noHeartbeatSeconds } from '../../kwok/nodes.ts'
import {
  arrangeGuard,
  arrangeOperator,
  arrangePolicy,
  arrangeWorkload,
  container,
  deployment,
  disruptionBudget,
} from '../../scenario/arrange.ts'
import { readAudit, succeeded } from '../../scenario/audit.ts'
import { deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import { conditionOf } from '../../scenario/conditions.ts'
import { breakerHolds } from '../../scenario/policy-gates.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { nodesCheck, settled } from '../../scenario/settled.ts'
import { budgetChecks, countsOf, effectsOf, replayCordons } from '../../scenario/writes.ts'
import { wait } from '../../wait.ts'

const zone = 'zone-b'

/** A third of all nodes falls silent at one moment. They are not dead, they are out of reach, and nobody must shoot at them. */
export const partition: Scenario = {
  name: 'partition',
  title: 'a zone that cannot be reached is not treated, and is as before when it is back',
  variations: ['short'],
  play: async (stage) => {
    const { bed } = stage
    const fleet = await arrangeFleet(stage, stage.varied.short ? 30 : 90)
    await arrangeWorkload(stage, [
      deployment('web', 30, { nodeSelector: { [fleetLabel]: 'true' }, containers: [container('1')] }),
      disruptionBudget('web'),
    ])
    await arrangeGuard(stage, { maxPerHour: 1_000, coolingSeconds: 5 })
    await arrangeOperator(stage)
    await arrangePolicy(stage, fleetPolicy(spec))

    const cut = fleet.filter((node) => node.zone === zone)
    const began = Date.now()
    stage.timeline.fault(`${zone} with ${cut.length} nodes cannot be reached`, began)
    await setKubelets(bed, cut, false)
    await silentNodes(stage, cut.length)
    await breakerHolds(stage, { began, policy: fleetPolicyName })
    await sleep(20_000) // as long as the hold again: whatever would be done to them is under way by then
    const healedAt = Date.now()
    stage.timeline.mark(`${zone} is back`, healedAt)
    await setKubelets(bed, cut, true)
    await silentNodes(stage, 0)
    await settled(stage, 180_000)

    const audit = readAudit(bed.layout.auditLog, began)
    const zones = new Map(fleet.map((node) => [node.name, node.zone]))
    const seen = replayCordons(audit, (name) => zones.get(name) ?? '')
    const runs = audit.filter(
      (entry) => entry.resource === 'noderemediations' && entry.verb === 'create' && succeeded(entry),
    )
    const foreign = runs.filter(({ request }) => zones.get(textAt(request, 'spec', 'node', 'name') ?? '') !== zone)
    const jobs = audit.filter((entry) => entry.resource === 'jobs' && entry.verb === 'create' && succeeded(entry))
    return [
      ...budgetChecks(seen, { atOnce: 1, inOneZone: 1 }),
      {
        sentence: `of ${cut.length} silent nodes hardly any was touched`,
        headline: true,
        holds: seen.cordoned.length <= 1 && jobs.length <= 1 && foreign.length === 0,
        seen: `${runs.length} runs, ${seen.cordoned.length} cordons, ${jobs.length} treatments; ${countsOf(effectsOf(audit))}`,
      },
      deletionCheck(audit),
      rightsCheck(audit),
      await nodesCheck(stage, fleetLabel),
    ]
  },
}

const spec = {
  signals: [
    {
      name: 'kubeletSilent',
      nodeCondition: { type: 'Ready', status: 'Unknown' },
      holdSeconds: 10,
      freshnessSeconds: noHeartbeatSeconds,
    },
  ],
  diagnoses: [{ name: 'node-dead', class: 'Fault', when: 'kubeletSilent', treatments: ['reboot'] }],
  limits: {
    maxConcurrent: 6,
    topologyLimits: [{ topologyKey: 'topology.kubernetes.io/zone', maxConcurrent: 1 }],
    maxUnhealthy: '20%',
  },
}

/** What the node lifecycle controller makes of leases that are renewed no more. */
async function silentNodes({ bed: { kubectl }, timeline }: Stage, count: number): Promise<void> {
  const look = async (): Promise<true> => {
    const silent = (await listFleet(kubectl)).filter((node) => conditionOf(node, 'Ready') !== 'True')
    if (silent.length !== count) throw new Error(`${silent.length} are`)
    return true
  }
  await wait(`${count} silent nodes`, look, { deadlineMs: 180_000, everyMs: 1_000 })
  timeline.mark(`${count} nodes are not Ready`, Date.now())
}
