import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listAt, textAt } from '../../src/kernel/json.ts'
import { writeKubeconfig } from '../control-plane/kubeconfig.ts'
import { issueCertificate } from '../control-plane/pki.ts'
import type { Kubectl } from '../kubectl.ts'
import type { Layout } from '../layout.ts'
import { runningProcess, type Service, stopService } from '../process/service.ts'
import { wait } from '../wait.ts'
import { askBmc, bmc, bmcSecret } from './bmc.ts'
import { bmcProcess, type Hardware, hardwareOf, powerProcess } from './hardware.ts'

/** Everything the machines need before they are switched on. */
export async function furnishRack(layout: Layout, kubectl: Kubectl): Promise<readonly Service[]> {
  const rack = hardwareOf(layout)
  for (const hardware of rack) await furnish(layout, hardware)
  await kubectl.apply(rack.map(bmcSecret))
  return [machineRoom(layout), ...rack.map((hardware) => bmc(hardware, powerCommand(layout, hardware)))]
}

const powerCommand = ({ run }: Layout, { name }: Hardware): string =>
  `${process.execPath} ${fileURLToPath(import.meta.resolve('./power.ts'))} ${name} ${run}`

/** Log, credentials and no power from a life before. */
export async function furnish(layout: Layout, { name, folder, kernelLog }: Hardware): Promise<void> {
  mkdirSync(folder, { recursive: true })
  if (!existsSync(kernelLog)) writeFileSync(kernelLog, '')
  if (!existsSync(join(layout.pki, `${name}.crt`))) {
    await issueCertificate(layout.pki, { name, subject: `/O=system:nodes/CN=system:node:${name}` })
  }
  const file = (suffix: string): string => join(layout.pki, `${name}.${suffix}`)
  writeKubeconfig(layout, name, { 'client-certificate': file('crt'), 'client-key': file('key') })
  // a BMC that has died left its machine running, and would switch on a second one
  if (runningProcess(layout, bmcProcess(name)) === undefined) await stopService(layout, powerProcess(name), 0)
}

/** Every machine that has power is a node that is Ready and has its node problem detector. */
export async function machinesReady(kubectl: Kubectl, layout: Layout): Promise<void> {
  for (const hardware of hardwareOf(layout)) {
    const { name } = hardware
    if ((await askBmc(hardware, ['power', 'status'])) !== 'Chassis Power is on') continue
    await wait(`${name} to be a node with a detector`, () => machineReady(kubectl, name), { deadlineMs: 120_000 })
  }
}

async function machineReady(kubectl: Kubectl, name: string): Promise<true | undefined> {
  const conditions = listAt(await kubectl.find(['get', 'node', name]), 'status', 'conditions')
  const status = (type: string): string | undefined =>
    textAt(
      conditions.find((condition) => textAt(condition, 'type') === type),
      'status',
    )
  return status('Ready') === 'True' && status('KernelDeadlock') !== undefined ? true : undefined
}

export function machineRoom(layout: Layout): Service {
  return {
    name: 'machine-room',
    program: process.execPath,
    args: [fileURLToPath(import.meta.resolve('./machine-room.ts')), String(layout.instance), layout.run],
    ready: () => Promise.resolve(runningProcess(layout, 'machine-room') !== undefined),
  }
}
