import { setTimeout as sleep } from 'node:timers/promises'
import { listAt, textAt } from '../../../src/kernel/json.ts'
import { arrangeFleet, type FleetNode, fleetLabel, report } from '../../fleet/fleet.ts'
import { fleetPolicy, fleetPolicyName } from '../../fleet/fleet-policy.ts'
import { answerReboots } from '../../fleet/reboots.ts'
import {
  arrangeGuard,
  arrangeOperator,
  arrangePolicy,
  arrangeWorkload,
  container,
  deployment,
  disruptionBudget,
} from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import { nameOf } from '../../scenario/conditions.ts'
import { breakerHolds } from '../../scenario/policy-gates.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { nodesCheck, settled } from '../../scenario/settled.ts'
import { budgetChecks, replayCordons } from '../../scenario/writes.ts'
import { stormChecks } from './judge.ts'

const limits = {
  maxConcurrent: 6,
  topologyLimits: [{ topologyKey: 'topology.kubernetes.io/zone', maxConcurrent: 2 }],
  maxUnhealthy: '20%',
}
const waves = 12
const stormMs = 45_000

/** Three quarters of all nodes within a minute: that is not 225 sick nodes, that is something else. */
export const storm: Scenario = {
  name: 'storm',
  title: 'three quarters of the nodes fall sick within 60 s, the breaker holds, and all is well afterwards',
  variations: ['short'],
  play: async (stage) => {
    const { layout } = stage.bed
    const fleet = await arrange(stage)
    const sick = fleet.filter((_, index) => index % 4 !== 3)
    const reboots = answerReboots(stage, fleet)

    const began = Date.now()
    const marks = await strike(stage, sick, began)
    await breakerHolds(stage, { began, policy: fleetPolicyName })
    await sleep(10_000) // whatever would begin in spite of the breaker has begun by then
    const takenBackAt = Date.now()
    stage.timeline.mark('the marks are taken back', takenBackAt)
    await report(stage.bed, fleet, 'False')
    await settled(stage, 180_000)
    const calmAt = Date.now()
    await resetBreaker(stage)
    await oneMore(stage, fleet)
    const answered = await reboots.stop()
    stage.say(`${answered} reboots were ordered and answered`)

    const audit = readAudit(layout.auditLog, began)
    const zones = new Map(fleet.map(({ name, zone }) => [name, zone]))
    return [
      ...budgetChecks(
        replayCordons(audit, (name) => zones.get(name) ?? ''),
        { atOnce: 6, inOneZone: 2 },
      ),
      ...stormChecks(audit, { sick, marks, limit: Math.floor(fleet.length / 5), takenBackAt, calmAt }),
      deletionCheck(audit),
      rightsCheck(audit),
      await nodesCheck(stage, fleetLabel),
    ]
  },
}

async function arrange(stage: Stage): Promise<readonly FleetNode[]> {
  const fleet = await arrangeFleet(stage, stage.varied.short ? 60 : 300)
  await arrangeWorkload(stage, [
    deployment('web', 60, { nodeSelector: { [fleetLabel]: 'true' }, containers: [container('1')] }),
    disruptionBudget('web'),
  ])
  await arrangeGuard(stage, { maxPerHour: 1_000, coolingSeconds: 5 })
  await arrangeOperator(stage)
  await arrangePolicy(stage, fleetPolicy({ limits }))
  return fleet
}

/** Returns when how many nodes had been marked. */
async function strike(
  { bed, timeline }: Stage,
  sick: readonly FleetNode[],
  began: number,
): Promise<readonly { readonly at: number; readonly count: number }[]> {
  timeline.fault(`a storm begins: ${sick.length} nodes within a minute`, began)
  const marks: { readonly at: number; readonly count: number }[] = []
  const size = Math.ceil(sick.length / waves)
  for (let wave = 0; wave < waves; wave += 1) {
    await sleep(Math.max(0, began + (wave * stormMs) / waves - Date.now()))
    await report(bed, sick.slice(wave * size, (wave + 1) * size), 'True')
    marks.push({ at: Date.now(), count: Math.min(sick.length, (wave + 1) * size) })
  }
  timeline.mark(`${sick.length} nodes are marked`, Date.now())
  return marks
}

/** What a person does after he has looked. */
async function resetBreaker({ bed: { kubectl }, timeline }: Stage): Promise<void> {
  const ledger = await kubectl.json(['get', 'disruptionledger', 'cluster'])
  const trips = listAt(ledger, 'spec', 'breakers').map((breaker) => textAt(breaker, 'tripID') ?? '')
  if (trips.length === 0) return
  const patch = JSON.stringify({ spec: { acknowledgedTrips: trips } })
  await kubectl.run(['patch', 'remediationguard', 'cluster', '--type=merge', `--patch=${patch}`])
  timeline.mark(`a person acknowledges ${trips.join(', ')}`, Date.now())
}

/** After the storm one sick node is again what it is. */
async function oneMore(stage: Stage, [node]: readonly FleetNode[]): Promise<void> {
  if (node === undefined) throw new Error('the fleet is empty')
  const struckAt = Date.now()
  stage.timeline.mark(`${node.name} falls sick alone`, struckAt)
  const runs = stage.watch('noderemediations')
  await report(stage.bed, [node], 'True')
  const mine = await runs.until(
    'a run after the storm',
    ({ at, type, object }) =>
      at >= struckAt &&
      type === 'ADDED' &&
      textAt(object, 'spec', 'node', 'name') === node.name &&
      Date.parse(textAt(object, 'metadata', 'creationTimestamp') ?? '') >= struckAt - 1_000,
    120_000,
  )
  stage.timeline.mark(`run ${nameOf(mine.object)} begins`, mine.at)
  await settled(stage, 120_000)
}
