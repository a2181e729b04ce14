import { randomUUID } from 'node:crypto'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { textAt } from '../../src/kernel/json.ts'
import type { Kubectl } from '../kubectl.ts'
import { setHeartbeat } from '../kwok/cluster.ts'
import { nodeManifest, zoneOf } from '../kwok/nodes.ts'
import type { Layout } from '../layout.ts'
import type { ProcessIdentity } from '../process/identity.ts'
import { removePidFile } from '../process/pid-file.ts'
import { ensureRunning, runningProcess, stopService } from '../process/service.ts'
import { type Hardware, npdProcess, powerProcess } from './hardware.ts'
import type { Life } from './life.ts'
import { npd } from './npd.ts'
import { recordPower } from './power-log.ts'

interface Room {
  readonly layout: Layout
  readonly kubectl: Kubectl
}

/** kwok plays the kubelets of these machines, and follows their power. */
export const playedLife = (room: Room): Life => ({
  powerCame: (hardware, power) => powerCame(room, hardware, power),
  powerGone: (hardware) => powerGone(room, hardware),
  // the detector may die alone, and is then started like any service of a machine
  isWhole: ({ name }) => runningProcess(room.layout, npdProcess(name)) !== undefined,
})

/** All that hangs on the power goes: heartbeat, node problem detector, and what the kernel had logged. */
async function powerGone({ layout, kubectl }: Room, hardware: Hardware): Promise<void> {
  await stopService(layout, npdProcess(hardware.name), 0)
  truncateSync(hardware.kernelLog)
  await setHeartbeat(kubectl, hardware.name, false)
  recordPower(hardware.powerLog, 'Off')
  removePidFile(join(layout.pids, `${powerProcess(hardware.name)}.pid`))
}

/** The kubelet registers its node or reports the new boot ID, and only then begins to send heartbeats. */
async function powerCame(room: Room, hardware: Hardware, power: ProcessIdentity): Promise<void> {
  const { layout, kubectl } = room
  await reportBoot(kubectl, hardware, bootOf(hardware, power))
  await setHeartbeat(kubectl, hardware.name, true)
  await ensureRunning(layout, npd(layout, hardware))
}

async function reportBoot(kubectl: Kubectl, { name, index }: Hardware, bootID: string): Promise<void> {
  const node = await kubectl.find(['get', 'node', name])
  if (node === undefined) {
    await kubectl.create([nodeManifest({ name, zone: zoneOf(index), bootID, labels: { [machineLabel]: 'true' } })])
  } else if (textAt(node, 'status', 'nodeInfo', 'bootID') !== bootID) {
    const patch = JSON.stringify({ status: { nodeInfo: { bootID } } })
    await kubectl.run(['patch', 'node', name, '--subresource=status', `--patch=${patch}`])
  }
}

/** Nodes that have a BMC. */
export const machineLabel = 'testbed.prunella.dev/machine'

/** One boot is one power process: the ID outlives a machine room that is started again, and ends with the power. */
function bootOf({ folder }: Hardware, { pid, startTicks }: ProcessIdentity): string {
  const path = join(folder, 'boot')
  const [known, bootID] = readOr(path, '').split(' ')
  const power = `${pid}-${startTicks}`
  if (known === power && bootID !== undefined) return bootID
  const fresh = randomUUID()
  writeFileSync(path, `${power} ${fresh}`)
  return fresh
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
