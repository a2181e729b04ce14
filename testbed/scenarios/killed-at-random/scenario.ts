import { setTimeout as sleep } from 'node:timers/promises'
import { Prng } from '../../../src/kernel/prng.ts'
import { healed, type Incident, incidentChecks, powerChanges, strike } from '../../incident/incident.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines } from '../../incident/machines.ts'
import type { Hardware } from '../../machines/hardware.ts'
import { arrangeGuard, arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import { killAndStartAgain } from '../../scenario/follow.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { isOver, settled } from '../../scenario/settled.ts'
import type { Check } from '../../scenario/verdict.ts'
import { wait } from '../../wait.ts'

/**
 * Three machines fall sick within seconds, and the operator is killed at a moment that nobody chose. Again and again. They run no
 * pods: with all of them sick these would fit nowhere, and only one would be treated at a time.
 */
export const killedAtRandom: Scenario = {
  name: 'killed-at-random',
  title: 'a run that is killed at a random moment ends with exactly one power cycle',
  variations: ['short'],
  play: async (stage) => {
    const rack = await arrangeMachines(stage)
    await arrangeGuard(stage, looseGuard)
    await arrangeOperator(stage)
    await arrangePolicy(stage, machinePolicy({ limits: { maxConcurrent: rack.length } }))

    const began = Date.now()
    const wanted = stage.varied.short ? 3 : 50
    const prng = new Prng(began % 2 ** 31)
    stage.say(`seed ${began % 2 ** 31}`)
    const incidents: Incident[] = []
    let killed = 0
    for (let round = 1; killed < wanted && round <= wanted; round += 1) {
      const { open, struck } = await playRound(stage, { rack, prng: prng.fork(`round/${round}`) })
      killed += open
      incidents.push(...struck)
      stage.say(`round ${round}: ${open} open runs were killed, ${killed} of ${wanted}`)
    }
    return judge(stage, { incidents, killed, wanted, began })
  },
}

const strikesWithinMs = 2_000
/** Counted from the first open run: as long as most runs take. */
const killsWithinMs = 14_000

interface Round {
  readonly rack: readonly Hardware[]
  readonly prng: Prng
}

async function playRound(
  stage: Stage,
  { rack, prng }: Round,
): Promise<{ readonly open: number; readonly struck: readonly Incident[] }> {
  const striking = rack.map(async (hardware) => {
    await sleep(prng.fork(`strike/${hardware.name}`).int(0, strikesWithinMs))
    return await strike(stage, hardware)
  })
  const killing = async (): Promise<number> => {
    await wait('an open run', async () => ((await openRuns(stage)) > 0 ? true : undefined), { deadlineMs: 90_000 })
    await sleep(prng.fork('kill').int(0, killsWithinMs))
    stage.operator.freeze() // so that what is counted is what is killed
    const open = await openRuns(stage)
    await killAndStartAgain(stage)
    return open
  }
  const [open, ...struck] = await Promise.all([killing(), ...striking])
  for (const incident of struck) await healed(stage, incident)
  await settled(stage, 180_000)
  for (const { nodes, runs } of struck) for (const watch of [nodes, runs]) watch.stop()
  return { open, struck }
}

async function openRuns({ bed: { kubectl } }: Stage): Promise<number> {
  const runs = await kubectl.list(['get', 'noderemediations'])
  return runs.filter((run) => !isOver(run)).length
}

interface Outcome {
  readonly incidents: readonly Incident[]
  readonly killed: number
  readonly wanted: number
  readonly began: number
}

function judge(stage: Stage, { incidents, killed, wanted, began }: Outcome): readonly Check[] {
  const audit = readAudit(stage.bed.layout.auditLog, began)
  const odd = incidents.filter((incident, index) => {
    const next = incidents.find(({ hardware }, later) => later > index && hardware.name === incident.hardware.name)
    const own = powerChanges(incident).filter(({ at }) => next === undefined || at < next.began)
    return own.map(({ power }) => power).join(', ') !== 'Off, On'
  })
  return [
    {
      sentence: `${wanted} open runs were killed`,
      holds: killed >= wanted,
      seen: `${killed} of ${incidents.length} incidents`,
    },
    {
      sentence: 'every incident had exactly one power cycle, by the log of the power supply',
      headline: true,
      holds: odd.length === 0,
      seen:
        odd.length === 0
          ? `${incidents.length} of ${incidents.length}`
          : odd.map(({ hardware }) => hardware.name).join(', '),
    },
    deletionCheck(audit),
    rightsCheck(audit),
    ...(incidents.length === 1 ? incidents.flatMap((incident) => incidentChecks(audit, incident)) : []),
  ]
}
