import { listAt, textAt } from '../../../src/kernel/json.ts'
import { type Hardware, hardwareOf } from '../../machines/hardware.ts'
import { writeKernelLine } from '../../machines/kernel-log.ts'
import { type PowerChange, readPowerLog } from '../../machines/power-log.ts'
import { workloadNamespace } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { cordonChecks, evictionChecks, type PodName, rightsCheck } from '../../scenario/checks.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { arrange } from './arrange.ts'
import { follow } from './follow.ts'
import { bootCheck, detectionCheck, milderFirstCheck, powerChecks, remainderChecks } from './judge.ts'

/** A line in a kernel log, and nobody awake. */
export const kernelDeadlock: Scenario = {
  name: 'kernel-deadlock',
  title: 'a kernel deadlock is healed by a power cycle, after a soft reboot that nobody answered',
  variations: ['killOperator'],
  play: async (stage) => {
    const [hardware, ...others] = hardwareOf(stage.bed.layout)
    if (hardware === undefined) throw new Error('the rack is empty')
    await arrange(stage, hardware)
    const before = await lookAt(stage, hardware)

    const began = Date.now()
    stage.timeline.fault(`the kernel log of ${hardware.name} says that containerd is blocked`, began)
    writeKernelLine(hardware, 'task containerd:4711 blocked for more than 120 seconds.')
    const { detectedAt } = await follow(stage, { hardware, began, bootID: before.bootID })

    const after = await lookAt(stage, hardware)
    const remaining = new Set(after.pods.map(({ name }) => name))
    const audit = readAudit(stage.bed.layout.auditLog, began)
    const changes = (of: Hardware): readonly PowerChange[] => readPowerLog(of.powerLog).filter(({ at }) => at >= began)
    return [
      detectionCheck(detectedAt - began),
      ...powerChecks(changes(hardware), others.flatMap(changes)),
      milderFirstCheck(audit, changes(hardware)),
      bootCheck(before.bootID, after.bootID),
      ...cordonChecks(audit, hardware.name),
      ...evictionChecks(
        audit,
        before.pods.filter(({ name }) => !remaining.has(name)),
      ),
      rightsCheck(audit),
      ...(await remainderChecks(stage, hardware.name)),
    ]
  },
}

interface MachineSeen {
  readonly bootID: string
  readonly pods: readonly PodName[]
}

async function lookAt({ bed: { kubectl } }: Stage, { name }: Hardware): Promise<MachineSeen> {
  const node = await kubectl.json(['get', 'node', name])
  const pods = await kubectl.json([
    'get',
    'pods',
    `--namespace=${workloadNamespace}`,
    `--field-selector=spec.nodeName=${name}`,
  ])
  const names = listAt(pods, 'items').map((pod) => textAt(pod, 'metadata', 'name') ?? '')
  return {
    bootID: textAt(node, 'status', 'nodeInfo', 'bootID') ?? '',
    pods: names.map((pod) => ({ namespace: workloadNamespace, name: pod })),
  }
}
