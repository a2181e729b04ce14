import { type JsonObject, textAt } from '../../../src/kernel/json.ts'
import { arrangeMachines } from '../../incident/machines.ts'
import { switchPower } from '../../machines/bmc.ts'
import type { Hardware } from '../../machines/hardware.ts'
import { type PowerChange, readPowerLog } from '../../machines/power-log.ts'
import { machineAddress } from '../../real-machines/addresses.ts'
import { bootIdOf } from '../../real-machines/boot-id.ts'
import { linksOf } from '../../real-machines/bridge.ts'
import { processesIn } from '../../real-machines/control-groups.ts'
import { logsOf, type RunningPod, runIn, runningPod } from '../../real-machines/pods.ts'
import { arrangeWorkload, container, deployment } from '../../scenario/arrange.ts'
import { conditionOf } from '../../scenario/conditions.ts'
import { witness } from '../../scenario/follow.ts'
import type { Seen } from '../../scenario/object-watch.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { bootCheck, neighbourPage, powerChecks, type Reach, reachChecks, remainsCheck, samePodCheck } from './judge.ts'

/** No operator: what a real machine does when its plug is pulled, so that stories can rely on it. */
export const realNodePower: Scenario = {
  name: 'real-node-power',
  title: 'a real node loses its power, and is a node with the same pods when it is back',
  tier: 'C',
  play: async (stage) => {
    const [machine, other, ...others] = await arrangeMachines(stage)
    if (machine === undefined || other === undefined) throw new Error('the rack is empty')
    await arrangeWorkload(stage, [pinned('web', machine, container('50m')), pinned('neighbour', other, server)])
    const pod = await runningPod(stage, 'web')
    const bootBefore = await bootIdOf(stage, machine)
    const before = await reachOf(stage, pod)

    const began = Date.now()
    stage.timeline.fault(`ipmitool chassis power off ${machine.name}`, began)
    const { remains, bootID } = await powerOffAndOn(stage, machine, began)
    const again = await runningPod(stage, 'web', ({ restarts }) => restarts > pod.restarts)
    stage.timeline.mark('the pod runs again', Date.now())
    const after = await reachOf(stage, again)

    const changes = (of: Hardware): readonly PowerChange[] => readPowerLog(of.powerLog).filter(({ at }) => at >= began)
    return [
      ...powerChecks(changes(machine), [other, ...others].flatMap(changes)),
      remainsCheck(remains),
      bootCheck(bootBefore, bootID),
      samePodCheck({ before: pod, after: again }),
      ...reachChecks('before', before, bootBefore),
      ...reachChecks('afterwards', after, bootID),
    ]
  },
}

const pinned = (name: string, { name: node }: Hardware, main: JsonObject): JsonObject =>
  deployment(name, 1, {
    nodeSelector: { 'kubernetes.io/hostname': node },
    terminationGracePeriodSeconds: 1,
    containers: [main],
  })

const page = `echo "${neighbourPage}" >/tmp/index.html; exec httpd -f -p 8080 -h /tmp`
const server: JsonObject = { ...container('50m'), command: ['/bin/sh', '-c', page] }

async function reachOf(stage: Stage, pod: RunningPod): Promise<Reach> {
  const neighbour = await runningPod(stage, 'neighbour')
  const ask = (command: string): Promise<string> => runIn(stage, pod, ['/bin/sh', '-c', command])
  return {
    log: await logsOf(stage, pod),
    apiserver: await ask(askApiserver),
    neighbour: await ask(`wget -q -O - http://${neighbour.address}:8080/`),
    bootID: await ask('cat /proc/sys/kernel/random/boot_id'),
  }
}

/** Without TLS, for which the wget of busybox is no help: the answer says whom it has reached. */
const askApiserver = String.raw`printf 'GET / HTTP/1.0\r\n\r\n' | nc -w 5 $KUBERNETES_SERVICE_HOST $KUBERNETES_SERVICE_PORT`

interface BootSeen {
  /** Of the machine, when it was off. */
  readonly remains: readonly string[]
  readonly bootID: string
}

/** Waits for each thing that must be seen, in the order in which it is expected. */
async function powerOffAndOn(stage: Stage, machine: Hardware, began: number): Promise<BootSeen> {
  const { name } = machine
  const bootBefore = await bootIdOf(stage, machine)
  const nodes = stage.watch('nodes', name)
  const events = stage.watch('events', '--namespace=default', `--field-selector=involvedObject.name=${name}`)
  const saw = witness(stage, began)

  await switchPower(machine, 'off')
  stage.timeline.mark('the BMC says: Chassis Power is off', Date.now())
  const remains = await remainsOf(stage, machine)
  await saw(nodes, `${name} is not Ready`, ({ object }) => conditionOf(object, 'Ready') !== 'True')
  await switchPower(machine, 'on')
  stage.timeline.mark('the BMC says: Chassis Power is on', Date.now())
  const rebooted = ({ object }: Seen): boolean => textAt(object, 'status', 'nodeInfo', 'bootID') !== bootBefore
  const boot = await saw(nodes, 'it reports another boot ID', rebooted)
  const bootID = textAt(boot.object, 'status', 'nodeInfo', 'bootID') ?? ''
  // the events of earlier boots are still there
  const told = ({ object }: Seen): boolean =>
    textAt(object, 'reason') === 'Rebooted' && (textAt(object, 'message') ?? '').includes(bootID)
  await saw(events, 'event Rebooted', told)
  const isReady = (seen: Seen): boolean => seen.at >= boot.at && conditionOf(seen.object, 'Ready') === 'True'
  await saw(nodes, `${name} is Ready`, isReady)
  return { remains, bootID }
}

async function remainsOf({ bed: { layout } }: Stage, { name, index }: Hardware): Promise<readonly string[]> {
  const links = (await linksOf(layout)).filter((link) => link === machineAddress(layout, index).link)
  return [...processesIn(layout, name).map((pid) => `process ${pid}`), ...links.map((link) => `link ${link}`)]
}
