import { flagAt, type JsonObject, textAt } from '../../../src/kernel/json.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines } from '../../incident/machines.ts'
import { machineLabel } from '../../machines/machine.ts'
import { readPowerLog } from '../../machines/power-log.ts'
import { runInside } from '../../real-machines/inside.ts'
import { type RealMachine, realMachinesOf } from '../../real-machines/real-machine.ts'
import {
  arrangeGuard,
  arrangeOperator,
  arrangePolicy,
  arrangeWorkload,
  container,
  deployment,
  workloadNamespace,
} from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { cordonChecks, deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import { conditionOf, uidOf } from '../../scenario/conditions.ts'
import { witness } from '../../scenario/follow.ts'
import type { Seen } from '../../scenario/object-watch.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { diskChecks, keptCheck, stayedCheck, timeCheck } from './judge.ts'

/** Logs that nobody writes to any more fill a disk, the shipped check sees it, and a job on the node makes room. */
export const realDiskFull: Scenario = {
  name: 'real-disk-full',
  title: 'the disk of a real node is full: it is freed where it stands, and no pod moves',
  tier: 'C',
  play: async (stage) => {
    await arrangeMachines(stage)
    const [machine] = realMachinesOf(stage.bed.layout)
    if (machine === undefined) throw new Error('the rack is empty')
    const inside = (script: string): Promise<string> => runInside(stage.bed.layout, machine, script)
    stage.afterwards('emptying the disk', () => inside(`rm -rf ${folder}`))
    await inside(`rm -rf ${folder}; mkdir ${folder}`)
    await arrangeWorkload(stage, [
      deployment('web', 3, {
        nodeSelector: { [machineLabel]: 'true', 'kubernetes.io/hostname': machine.name },
        containers: [container('50m')],
      }),
    ])
    await arrangeGuard(stage, looseGuard)
    await arrangeOperator(stage)
    await arrangePolicy(stage, policy)
    const podsBefore = await podsOn(stage, machine)

    const began = Date.now()
    stage.timeline.fault(`the disk of ${machine.name} is filled with logs`, began)
    await inside(fill)
    const before = await useOf(inside)
    stage.timeline.mark(`${before} % of it are used`, Date.now())
    const healedAt = await follow(stage, machine, began)

    const audit = readAudit(stage.bed.layout.auditLog, began)
    const left = (await inside(`ls ${folder}`)).split('\n').filter((name) => name !== '')
    return [
      timeCheck(healedAt - began),
      ...diskChecks({ before, after: await useOf(inside) }),
      stayedCheck(audit, podsBefore, await podsOn(stage, machine)),
      keptCheck(left),
      {
        sentence: 'the machine kept its power',
        holds: readPowerLog(machine.powerLog).every(({ at }) => at < began),
      },
      ...cordonChecks(audit, machine.name),
      deletionCheck(audit),
      rightsCheck(audit),
    ]
  },
}

const folder = '/var/log/story'

/** One log that is written to, and as many old ones as fit below 93 % of the disk. */
const fill = `cd ${folder}; head -c 1M /dev/zero >app.log
number=0
while [ "$(df -Pk /var | awk 'NR == 2 { print $5 + 0 }')" -lt 92 ] && [ $number -lt 99 ]; do
  number=$((number + 1))
  head -c 32M /dev/zero >app.log.$number
  touch -d '2 days ago' app.log.$number
done`

const useOf = async (inside: (script: string) => Promise<string>): Promise<number> =>
  Number(await inside(`df -Pk /var | awk 'NR == 2 { print $5 + 0 }'`))

const policy: JsonObject = machinePolicy({
  signals: [{ name: 'diskFull', nodeCondition: { type: 'FilesystemAlmostFull', status: 'True' }, holdSeconds: 1 }],
  diagnoses: [{ name: 'disk-full', class: 'Fault', when: 'diskFull', treatments: ['free-disk', 'power-cycle'] }],
  treatments: [
    {
      name: 'power-cycle',
      powerCycle: { bootTimeoutSeconds: 60 },
      drain: { deadlineSeconds: 60, onDeadline: 'Quarantine' },
      verification: { stableSeconds: 1, timeoutSeconds: 60 },
    },
    {
      name: 'free-disk',
      freeDisk: { belowPercent: 70, timeoutSeconds: 120 },
      verification: { stableSeconds: 1, timeoutSeconds: 60 },
    },
  ],
})

async function follow(stage: Stage, { name }: RealMachine, began: number): Promise<number> {
  const nodes = stage.watch('nodes', name)
  const runs = stage.watch('noderemediations')
  const saw = witness(stage, began)
  const isFull = ({ object }: Seen): boolean => conditionOf(object, 'FilesystemAlmostFull') === 'True'
  await saw(nodes, 'the detector calls the disk full', isFull)
  const cordoned = await saw(nodes, 'cordoned', ({ object }) => flagAt(object, 'spec', 'unschedulable'))
  const isFree = (seen: Seen): boolean =>
    seen.at >= cordoned.at && conditionOf(seen.object, 'FilesystemAlmostFull') === 'False'
  await saw(nodes, 'the detector calls it free', isFree)
  const given = (seen: Seen): boolean => seen.at >= cordoned.at && !flagAt(seen.object, 'spec', 'unschedulable')
  const back = await saw(nodes, 'uncordoned', given)
  await saw(runs, 'the run has succeeded', ({ object }) => conditionOf(object, 'Succeeded') === 'True')
  return back.at
}

async function podsOn({ bed: { kubectl } }: Stage, { name }: RealMachine): Promise<readonly string[]> {
  const pods = await kubectl.list(['get', 'pods', `--namespace=${workloadNamespace}`])
  return pods.filter((pod) => textAt(pod, 'spec', 'nodeName') === name).map(uidOf)
}
