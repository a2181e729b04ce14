import { textAt } from '../../kernel/json.ts'
import type { Change } from '../api-server/api-request.ts'
import type { WorldEvent } from '../world/events.ts'
import { annotationsOf, conditionStatus, controllerOf, isReady, isUnschedulable, nameOf } from '../world/fields.ts'
import { tellActs } from './node-acts.ts'
import { isDone, runOn } from './runs.ts'
import type { Stage, Story } from './story.ts'

const expected = [
  'kernel deadlock',
  'condition seen',
  'run created',
  'cordoned',
  'rung reboot',
  'soft reboot unanswered',
  'rung power-cycle',
  'power Off',
  'power On',
  'new boot',
  'new boot seen',
  'health checked',
  'uncordoned',
  'run done',
]

/** A kernel that no longer finishes a reboot: only its BMC can help. */
export function deadlockStory(stage: Stage, nodeName: string): Story {
  const { world, timeline } = stage
  const machine = world.machine(nodeName)
  const bootID = machine.bootID
  return {
    letter: 'a',
    title: `kernel deadlock on ${nodeName}`,
    timeline,
    begin: () => world.deadlock(nodeName, 'Hangs'),
    witness: (event) => tellMachine(stage, nodeName, event),
    change: (change) => {
      tellActs(stage, nodeName, change)
      if (change.plural === 'nodes' && nameOf(change.object) === nodeName) tellNode(stage, change, bootID)
      if (change.plural === 'noderemediations') tellHealth(stage, nodeName)
    },
    isOver: () => isDone(runOn(world, nodeName)) && timeline.has('uncordoned'),
    problems: () => [...timeline.disorder(expected), ...judge(stage, nodeName, bootID)],
  }
}

function tellMachine({ timeline }: Stage, nodeName: string, event: WorldEvent): void {
  if (event.kind === 'KernelLogged' && event.machine === nodeName)
    timeline.mark('kernel deadlock', `kernel log of ${nodeName}: ${event.line}`)
  if (event.kind === 'NodeCommandRan' && event.machine === nodeName && event.outcome === 'NoAnswer') {
    timeline.mark(
      'soft reboot unanswered',
      `soft reboot ordered by pod ${event.pod.name}: the kernel does not finish it`,
    )
  }
  if (event.kind === 'PowerCommanded' && event.entry.machine === nodeName && event.entry.command !== 'Read') {
    timeline.mark(`power ${event.entry.command}`, `BMC of ${nodeName}: power ${event.entry.command.toLowerCase()}`)
  }
  if (event.kind === 'MachineBecame' && event.machine === nodeName && event.state === 'Running') {
    timeline.mark('new boot', `${nodeName} has booted, boot ID ${event.bootID}`)
  }
}

function tellNode({ timeline }: Stage, { object }: Change, bootID: string): void {
  const name = nameOf(object)
  if (conditionStatus(object, 'KernelDeadlock') === 'True')
    timeline.mark('condition seen', `Node ${name}: KernelDeadlock is True`)
  const now = textAt(object, 'status', 'nodeInfo', 'bootID')
  if (now !== bootID) timeline.mark('new boot seen', `Node ${name}: new boot ID seen, was ${bootID}`)
}

/** Said when the run calls the node recovered, and looked up in the cluster itself. */
function tellHealth(stage: Stage, nodeName: string): void {
  const run = runOn(stage.world, nodeName)
  if (run?.status.step?.outcome !== 'NodeRecovered' || healthProblems(stage, nodeName).length > 0) return
  stage.timeline.mark(
    'health checked',
    `${nodeName} is healthy: kubelet Ready, runtime runs its daemons, network available`,
  )
}

function healthProblems({ world }: Stage, nodeName: string): readonly string[] {
  const node = world.objects.get('nodes', { name: nodeName }) ?? {}
  const daemons = world.objects.podsOn(nodeName).filter((pod) => controllerOf(pod)?.kind === 'DaemonSet')
  return [
    ...(isReady(node) ? [] : ['the kubelet is not Ready']),
    ...(daemons.length > 0 && daemons.every(isReady) ? [] : ['a daemon of the node is not ready']),
    ...(conditionStatus(node, 'NetworkUnavailable') === 'False' ? [] : ['the network of the node is not available']),
    ...(conditionStatus(node, 'KernelDeadlock') === 'False' ? [] : ['KernelDeadlock is not False']),
  ]
}

function judge(stage: Stage, nodeName: string, bootID: string): readonly string[] {
  const { world } = stage
  const machine = world.machine(nodeName)
  const node = world.objects.get('nodes', { name: nodeName }) ?? {}
  const outcome = runOn(world, nodeName)?.status.step?.outcome
  const powerCommands = world.bmcNetwork.log.filter(
    ({ machine: name, command }) => name === nodeName && command !== 'Read',
  )
  const told = powerCommands.map(({ command }) => command).join(' ')
  return [
    ...healthProblems(stage, nodeName),
    ...(told === 'Off On' ? [] : [`the BMC was told '${told}', not 'Off On'`]),
    ...(machine.bootID === bootID ? ['the machine has not booted'] : []),
    ...(textAt(node, 'status', 'nodeInfo', 'bootID') === machine.bootID
      ? []
      : ['the Node does not show the boot ID of its machine']),
    ...(isUnschedulable(node) ? ['the node is still cordoned'] : []),
    ...leftovers(annotationsOf(node)),
    ...(outcome === 'NodeRecovered' ? [] : [`the run ended ${outcome ?? 'not at all'}`]),
  ]
}

/** Nothing of a finished run may stay on a node. */
export const leftovers = (annotations: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(annotations)
    .filter((key) => key.startsWith('prunella.dev/'))
    .map((key) => `the node still carries ${key}`)
