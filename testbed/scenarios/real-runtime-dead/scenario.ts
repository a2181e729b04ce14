import type { JsonObject } from '../../../src/kernel/json.ts'
import { flagAt, textAt } from '../../../src/kernel/json.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines } from '../../incident/machines.ts'
import { type PowerChange, readPowerLog } from '../../machines/power-log.ts'
import { operatorNamespace } from '../../operator/install.ts'
import { bootIdOf } from '../../real-machines/boot-id.ts'
import { runInside } from '../../real-machines/inside.ts'
import { type RealMachine, realMachinesOf } from '../../real-machines/real-machine.ts'
import { arrangeGuard, arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { cordonChecks, deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import { conditionOf, nameOf } from '../../scenario/conditions.ts'
import { witness } from '../../scenario/follow.ts'
import type { Seen } from '../../scenario/object-watch.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { bootCheck, milderFirstCheck, powerChecks, remainderChecks } from '../kernel-deadlock/judge.ts'

/** containerd stands still and its init believes that it runs. No container can be started, so no job on the node can help it. */
export const realRuntimeDead: Scenario = {
  name: 'real-runtime-dead',
  title:
    'the container runtime of a real node stands still: the job that would restart it never starts, and power helps',
  tier: 'C',
  settings: () => ({ nodeServices: [{ name: 'containerd', command: ['service', 'containerd', 'restart'] }] }),
  play: async (stage) => {
    await arrangeMachines(stage)
    const [machine, ...others] = realMachinesOf(stage.bed.layout)
    if (machine === undefined) throw new Error('the rack is empty')
    await arrangeGuard(stage, looseGuard)
    await arrangeOperator(stage)
    await arrangePolicy(stage, policy)
    const bootID = await bootIdOf(stage, machine)
    stage.afterwards('waking the runtime', () => signalRuntime(stage, machine, 'CONT'))

    const began = Date.now()
    stage.timeline.fault(`containerd of ${machine.name} stands still`, began)
    await signalRuntime(stage, machine, 'STOP')
    await follow(stage, machine, { began, bootID })

    const audit = readAudit(stage.bed.layout.auditLog, began)
    const changes = (of: RealMachine): readonly PowerChange[] =>
      readPowerLog(of.powerLog).filter(({ at }) => at >= began)
    return [
      ...powerChecks(changes(machine), others.flatMap(changes)),
      milderFirstCheck(audit, changes(machine), 'a restart of containerd'),
      bootCheck(bootID, await bootIdOf(stage, machine)),
      ...cordonChecks(audit, machine.name),
      deletionCheck(audit),
      rightsCheck(audit),
      ...(await remainderChecks(stage, machine.name)),
    ]
  },
}

const signalRuntime = ({ bed: { layout } }: Stage, machine: RealMachine, signal: 'STOP' | 'CONT'): Promise<string> =>
  runInside(layout, machine, `kill -${signal} "$(cat /run/containerd.pid)"`)

const policy: JsonObject = machinePolicy({
  signals: [{ name: 'unready', nodeCondition: { type: 'Ready', status: 'False' }, holdSeconds: 1 }],
  diagnoses: [
    { name: 'runtime-dead', class: 'Fault', when: 'unready', treatments: ['restart-containerd', 'power-cycle'] },
  ],
  treatments: [
    {
      name: 'restart-containerd',
      restartService: { name: 'containerd', timeoutSeconds: 10 },
      verification: { stableSeconds: 1, timeoutSeconds: 30 },
    },
    {
      name: 'power-cycle',
      powerCycle: { bootTimeoutSeconds: 60 },
      drain: { mode: 'SkipIfNotReady', deadlineSeconds: 30, onDeadline: 'Proceed' },
      verification: { stableSeconds: 2, timeoutSeconds: 60 },
    },
  ],
})

interface Fault {
  readonly began: number
  readonly bootID: string
}

async function follow(stage: Stage, { name }: RealMachine, { began, bootID }: Fault): Promise<void> {
  const nodes = stage.watch('nodes', name)
  const healths = stage.watch('nodehealths')
  const jobs = stage.watch('jobs', `--namespace=${operatorNamespace}`)
  const runs = stage.watch('noderemediations')
  const saw = witness(stage, began)
  await saw(nodes, 'the kubelet misses its runtime', ({ object }) => conditionOf(object, 'Ready') === 'False')
  const diagnosed = ({ object }: Seen): boolean =>
    nameOf(object) === name && textAt(object, 'status', 'diagnosis', 'name') === 'runtime-dead'
  await saw(healths, 'diagnosis runtime-dead', diagnosed)
  await saw(nodes, 'cordoned', ({ object }) => flagAt(object, 'spec', 'unschedulable'))
  await saw(jobs, 'a job is to restart containerd', ({ type }) => type === 'ADDED')
  await saw(jobs, 'it never began, and is withdrawn', ({ type }) => type === 'DELETED')
  const rebooted = ({ object }: Seen): boolean => textAt(object, 'status', 'nodeInfo', 'bootID') !== bootID
  const boot = await saw(nodes, 'new boot ID', rebooted)
  const given = (seen: Seen): boolean => seen.at >= boot.at && !flagAt(seen.object, 'spec', 'unschedulable')
  await saw(nodes, 'uncordoned', given)
  await saw(runs, 'the run has succeeded', ({ object }) => conditionOf(object, 'Succeeded') === 'True')
}
