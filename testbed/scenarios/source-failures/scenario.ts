import { looseGuard } from '../../incident/machine-policy.ts'
import { stopService } from '../../process/service.ts'
import { detectorProcess } from '../../rule-pack/detector.ts'
import { arrangeNodes, sickNode } from '../../rule-pack/sick-node.ts'
import { reasonsOf } from '../../say.ts'
import { arrangeGuard, arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import { type AuditEntry, readAudit } from '../../scenario/audit.ts'
import { rightsCheck } from '../../scenario/checks.ts'
import { stepDeadlineMs } from '../../scenario/follow.ts'
import type { ObjectWatch } from '../../scenario/object-watch.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import type { Check } from '../../scenario/verdict.ts'
import { wait } from '../../wait.ts'
import { allWell, claimSeen, holdsSince, statesSince } from './claims.ts'
import { type Failure, failures, fallSick, getWell, type Stand, startDetector } from './failures.ts'
import {
  controlCheck,
  lineOf,
  type Outcome,
  outcomeCheck,
  quietChecks,
  saidUnknownAt,
  sameHoldCheck,
  stillSickChecks,
  watchedCheck,
  webhookCheck,
} from './judge.ts'
import { freshnessSeconds, holdSecondsOf, policyOf, roads, signalOf, watchedCondition } from './policies.ts'
import { arrangeSources, type NodeName, nodeNames, setMemory, sourceSettings } from './stand.ts'
import { webhookCounts } from './webhooks.ts'

/** Every source fails in every way while a node is sick by its word, and a policy is ready to act on it. */
export const sourceFailures: Scenario = {
  name: 'source-failures',
  title:
    'sources that fall silent, answer nothing, late or of the past make their signals Unknown, and start no treatment',
  settings: sourceSettings,
  play: async (stage) => {
    const { layout } = stage.bed
    const stand = await arrangeStand(stage)
    const healths = stage.watch('nodehealths')
    for (const road of roads) await allWell(healths, nodesOf(road), signalOf[road])

    const began = Date.now()
    const outcomes: Outcome[] = []
    for (const failure of failures) {
      const outcome = await play(stand, healths, failure)
      stage.say(`  ${failure.name.padEnd(nameWidth)}  ${lineOf(outcome)}`)
      outcomes.push(outcome)
    }
    const audit = readAudit(layout.auditLog, began)
    const counted = { deadlineMs: stepDeadlineMs, everyMs: 500 }
    const webhooks = await wait('the metrics of the operator', () => webhookCounts(layout), counted)
    return [
      ...outcomes.map((outcome) => outcomeCheck(byAudit(outcome, audit))),
      watchedCheck(outcomes),
      ...stillSickChecks(outcomes),
      sameHoldCheck(outcomes),
      webhookCheck(webhooks),
      ...quietChecks(audit),
      ...(await control(stage, healths)),
    ]
  },
}

/** The watch tells when it reached us, and the audit log when it was said. */
const byAudit = (outcome: Outcome, audit: readonly AuditEntry[]): Outcome => ({
  ...outcome,
  affected: outcome.affected.map((each) => ({
    ...each,
    unknownAt: saidUnknownAt(audit, { ...each, since: outcome.failedAt }),
  })),
})

const nameWidth = Math.max(...failures.map(({ name }) => name.length))
const nodesOf = (road: string): readonly NodeName[] => nodeNames.filter((name) => name.startsWith(`${road}-`))

async function arrangeStand(stage: Stage): Promise<Stand> {
  const { bed, afterwards } = stage
  await arrangeSources(stage)
  await arrangeNodes(
    stage,
    roads.flatMap((road) => nodesOf(road).map((name) => ({ name, group: road }))),
  )
  for (const name of nodeNames) await watchFor(stage, name)
  const stand = { layout: bed.layout, watched: sickNode(bed, 'detector-sick', (undo) => afterwards('undoing', undo)) }
  afterwards('stopping the detector', () => stopService(bed.layout, detectorProcess))
  await startDetector(stand)
  await arrangeGuard(stage, { ...looseGuard, maxConcurrent: 20 })
  await arrangeOperator(stage)
  for (const road of roads) await arrangePolicy(stage, policyOf(road))
  return stand
}

/** From now on something is written down of the node. */
async function watchFor({ bed: { kubectl } }: Stage, name: string): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const condition = {
    type: watchedCondition,
    status: 'True',
    reason: 'Watched',
    message: 'this node is looked at',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  }
  const patch = JSON.stringify({ status: { conditions: [condition] } })
  await kubectl.run(['patch', 'node', name, '--subresource=status', '--type=strategic', `--patch=${patch}`])
}

async function play(stand: Stand, healths: ObjectWatch, failure: Failure): Promise<Outcome> {
  const { name, what, road, sick, affected, stillSaid } = failure
  const signal = signalOf[road]
  const limitSeconds = freshnessSeconds + writingSeconds
  let seen: Outcome = { name, what, limitSeconds, affected: [], failedAt: Number.NaN, watchedUntil: Number.NaN }
  try {
    const since = Date.now()
    fallSick(stand, failure)
    const first = await claimSeen(healths, { node: sick, signal, state: 'True', since, deadlineMs: stepDeadlineMs })
    seen = {
      ...seen,
      failedAt: Date.now(),
      ...(stillSaid === undefined ? { holdOver: first.at + holdSecondsOf[road] * 1_000 } : {}),
    }
    await failure.fail(stand)
    const doubts = affected.map(async (node) => {
      const sought = { node, signal, state: 'Unknown', since: seen.failedAt, deadlineMs: stepDeadlineMs }
      const { at: unknownAt, reason } = await claimSeen(healths, sought)
      return { node, signal, unknownAt, reason }
    })
    seen = { ...seen, affected: await Promise.all(doubts) }
    const { failedAt, holdOver } = seen
    await passed(holdOver === undefined ? failedAt + limitSeconds * 1_000 : holdOver + beyondMs)
    seen = { ...seen, watchedUntil: Date.now() }
    if (stillSaid !== undefined) {
      const of = { node: sick, signal }
      const states = statesSince(healths, { ...of, since: failedAt })
      seen = { ...seen, stillSick: { allowed: stillSaid, states, holds: holdsSince(healths, { ...of, since }) } }
    }
  } catch (error) {
    seen = { ...seen, problem: reasonsOf(error).join(': ') }
  }
  getWell(stand, failure)
  await failure.mend(stand)
  await allWell(healths, nodesOf(road), signal)
  return seen
}

/** From the moment at which evidence is too old to the moment at which that is written down. */
const writingSeconds = 4
/** So long after the end of a hold whoever wanted to begin has begun. */
const beyondMs = 3_000

async function passed(moment: number): Promise<void> {
  const over = async (): Promise<true | undefined> => (Date.now() > moment ? true : undefined)
  await wait('the time to pass', over, { deadlineMs: stepDeadlineMs })
}

/** That nothing was started is worth something only where something could have been. */
async function control({ bed: { layout }, watch }: Stage, healths: ObjectWatch): Promise<readonly Check[]> {
  const [node, holdSeconds] = ['query-sick', holdSecondsOf.query]
  const nodes = watch('nodes', node)
  const since = Date.now()
  setMemory(layout, node, 'NearlyGone')
  const sought = { node, signal: signalOf.query, state: 'True', since, deadlineMs: stepDeadlineMs }
  const { at: trueAt } = await claimSeen(healths, sought)
  const isCordoned = ({ object }: { readonly object: object }): boolean =>
    JSON.stringify(object).includes('"unschedulable":true')
  await nodes.until(`${node} to be cordoned`, isCordoned, (holdSeconds + 30) * 1_000).catch(() => {})
  const audit = readAudit(layout.auditLog, since)
  return [controlCheck(audit, { node, trueAt, holdSeconds }), rightsCheck(audit)]
}
