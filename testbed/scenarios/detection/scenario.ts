import type { Layout } from '../../layout.ts'
import { arrangeMonitoring, monitoringSettings } from '../../rule-pack/arrange.ts'
import { arrangeNodes } from '../../rule-pack/sick-node.ts'
import { reasonsOf } from '../../say.ts'
import { arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { rightsCheck } from '../../scenario/checks.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import type { Check } from '../../scenario/verdict.ts'
import { countsOf, effectsOf, writesOf } from '../../scenario/writes.ts'
import { alertLimitSeconds, detectorLimitSeconds, type Fault } from './fault.ts'
import { faults } from './faults/all.ts'
import { accusationCheck, accusationsIn, lineOf, type Outcome, outcomeCheck, slowestCheck } from './judge.ts'
import { policiesFor } from './policies.ts'
import { onWatchedNode } from './sick-bed.ts'
import { beginWatches, diagnosisSeen, signalSeen, signalWord, type Watches } from './watches.ts'

/** Every node falls sick of something else, and nobody but detectors, exporters and rules as they are shipped says so. */
export const detection: Scenario = {
  name: 'detection',
  title: `${faults.length} faults of the detection matrix, each is seen and named in time`,
  settings: monitoringSettings,
  play: async (stage) => {
    if (process.getuid?.() !== 0) throw new Error('it mounts loop devices and makes control groups: run it as root')
    const { layout } = stage.bed
    await arrangeMonitoring(
      stage,
      faults.map(({ name }) => name),
    )
    await arrangeNodes(stage, faults)
    await arrangeOperator(stage)
    for (const policy of policiesFor(faults)) await arrangePolicy(stage, policy)
    const watches = beginWatches(stage)

    const began = Date.now()
    const outcomes: Outcome[] = []
    for (const fault of faults) {
      const outcome = await play(stage, watches, fault)
      stage.say(`  ${fault.name.padEnd(nameWidth)}  ${lineOf(outcome)}`)
      outcomes.push(outcome)
    }
    return [
      ...outcomes.map(outcomeCheck),
      ...roadChecks(outcomes),
      ...quietChecks(layout, { watches, began, outcomes }),
    ]
  },
}

const nameWidth = Math.max(...faults.map(({ name }) => name.length))

async function play(stage: Stage, watches: Watches, fault: Fault): Promise<Outcome> {
  const signal = signalWord(fault)
  let seen: Seen = { injectedAt: Number.NaN, signalAt: undefined, diagnosisAt: undefined }
  try {
    await onWatchedNode({ bed: stage.bed, watches }, fault, async (node) => {
      const injectedAt = Date.now()
      seen = { ...seen, injectedAt }
      await fault.strike(node)
      const sought = { fault, since: injectedAt, deadlineMs: (fault.limitSeconds + patienceSeconds) * 1_000 }
      const [signalAt, diagnosisAt] = await Promise.all([
        signalSeen(stage, watches, sought),
        diagnosisSeen(watches, sought),
      ])
      seen = { injectedAt, signalAt, diagnosisAt }
    })
    return { fault, signal, ...seen }
  } catch (error) {
    return { fault, signal, ...seen, problem: reasonsOf(error).join(': ') }
  }
}

type Seen = Pick<Outcome, 'injectedAt' | 'signalAt' | 'diagnosisAt'>

/** Beyond the limit, so that the story tells how late it was. */
const patienceSeconds = 20

const roadChecks = (outcomes: readonly Outcome[]): readonly Check[] => {
  const of = (source: string): readonly Outcome[] =>
    outcomes.filter(({ fault }) => faults.find(({ name }) => name === fault.name)?.signal[source] !== undefined)
  return [
    slowestCheck(
      'kernel deadlock without a hold',
      detectorLimitSeconds,
      outcomes.filter(({ fault }) => fault.name === 'kernel-deadlock'),
    ),
    slowestCheck('node problem detector', detectorLimitSeconds, [...of('nodeCondition'), ...of('nodeEvent')]),
    slowestCheck('alerts', alertLimitSeconds, of('alert')),
  ]
}

function quietChecks(
  { auditLog }: Layout,
  {
    watches,
    began,
    outcomes,
  }: { readonly watches: Watches; readonly began: number; readonly outcomes: readonly Outcome[] },
): readonly Check[] {
  const audit = readAudit(auditLog, began)
  const effects = effectsOf(audit)
  return [
    accusationCheck(accusationsIn(watches.healths.history.map(({ object }) => object)), outcomes),
    {
      sentence: 'in mode Observe no node was touched',
      headline: true,
      holds: effects.length === 0,
      seen: countsOf(effects.length === 0 ? writesOf(audit) : effects),
    },
    rightsCheck(audit),
  ]
}
