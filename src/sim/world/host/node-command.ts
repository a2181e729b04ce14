import { type NodeJobResult, type NodeTask, nodeTasks } from '../../../api/node-job-result.ts'
import { type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { type Instant, instant, parseTime, seconds } from '../../../kernel/time.ts'
import type { NodeCommandOutcome } from '../events.ts'
import type { Machine } from './machine.ts'
import type { Services } from './services.ts'

/** What the script of a node job was told: what to do, which boot it is meant for, and until when. */
interface NodeCommand {
  readonly task: NodeTask
  readonly expectedBootID: string
  readonly notAfter: Instant
  readonly service: string
  readonly belowPercent: number
}

/** Undefined: the pod carries no order. */
export function nodeCommandOf(pod: JsonObject): NodeCommand | undefined {
  const environment = listAt(pod, 'spec', 'containers').flatMap((container) => listAt(container, 'env'))
  const valueOf = (name: string): string | undefined =>
    textAt(
      environment.find((variable) => textAt(variable, 'name') === name),
      'value',
    )
  const expectedBootID = valueOf('EXPECTED_BOOT_ID')
  if (expectedBootID === undefined) return undefined
  return {
    // A release that knew only reboots names no task.
    task: nodeTasks.find((task) => task === valueOf('TASK')) ?? 'reboot',
    expectedBootID,
    notAfter: momentOf(valueOf('NOT_AFTER')),
    service: valueOf('SERVICE') ?? '',
    belowPercent: Number(valueOf('BELOW_PERCENT') ?? '0'),
  }
}

/** RFC 3339, or seconds since the epoch, which a shell can compare. Anything else is long past. */
const momentOf = (text: string | undefined): Instant =>
  /^\d+$/.test(text ?? '') ? instant(seconds(Number(text))) : (parseTime(text) ?? instant(0))

export interface CommandEnd {
  readonly outcome: NodeCommandOutcome
  /** Its last word. Undefined: it never ends by itself. */
  readonly result: NodeJobResult | undefined
}

interface Carrying {
  readonly machine: Machine
  readonly services: Services
  /** As long as its container runs. */
  readonly after: (ms: number, fire: () => void) => void
  /** It was not refused. */
  readonly began: () => void
  readonly ended: (end: CommandEnd) => void
}

/** How long a service takes to come up, and a disk to be freed. */
const serviceMs = seconds(2)
const freeingMs = seconds(5)
/** Of a disk of 100 GiB. */
const kibPerPercent = 1_048_576

/** As the script does it: compare, then ask the machine, then look. By the clock of the node. */
export function carryOut(command: NodeCommand, node: Carrying): void {
  const { machine } = node
  if (machine.bootID !== command.expectedBootID) node.ended(refused(command, node, 'WrongBoot'))
  else if (machine.clock > command.notAfter) node.ended(refused(command, node, 'TooLate'))
  else {
    node.began()
    tasks[command.task](command, node)
  }
}

type Task = (command: NodeCommand, node: Carrying) => void

/** Its own container goes with the machine, or waits until somebody ends it. */
const reboot: Task = (_, { machine, ended }) =>
  ended({ outcome: machine.reboot() === 'Works' ? 'Rebooted' : 'NoAnswer', result: undefined })

function freeDisk(command: NodeCommand, node: Carrying): void {
  const { machine, after, ended } = node
  const before = machine.disk.usedPercent
  const target = command.belowPercent
  after(before < target ? 0 : freeingMs, () => {
    const { usedPercent, wastePercent } = machine.disk
    if (usedPercent >= target) machine.fillDisk({ usedPercent: usedPercent - wastePercent, wastePercent: 0 })
    const now = machine.disk.usedPercent
    const isFree = now < target
    const freedKiB = before === now ? {} : { freedKiB: { images: (before - now) * kibPerPercent } }
    const error = isFree ? {} : { error: 'StillFull' }
    const result = { ...common(command, node), before, after: now, ...freedKiB, ...error }
    ended({ outcome: isFree ? 'DiskFreed' : 'DiskStillFull', result })
  })
}

function restartService(command: NodeCommand, node: Carrying): void {
  const { machine, services, after, ended } = node
  const { service, notAfter } = command
  const before = services.startedAt(service)
  if (!services.restart(service)) {
    ended({ outcome: 'NotRestarted', result: { ...common(command, node), service, before, error: 'CommandFailed' } })
    return
  }
  after(serviceMs, () => {
    const started = services.startedAt(service)
    const result = { ...common(command, node), service, before, after: started }
    if (started > before) ended({ outcome: 'Restarted', result })
    else
      after(Math.max(0, notAfter - machine.clock), () =>
        ended({ outcome: 'NotRestarted', result: { ...result, error: 'NotStarted' } }),
      )
  })
}

const tasks: Readonly<Record<NodeTask, Task>> = { reboot, freeDisk, restartService }

const refused = (command: NodeCommand, node: Carrying, outcome: 'WrongBoot' | 'TooLate'): CommandEnd => ({
  outcome,
  result: { ...common(command, node), error: outcome },
})

const common = ({ task }: NodeCommand, { machine: { bootID } }: Carrying): NodeJobResult => ({
  version: 1,
  task,
  bootID,
})
