import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kubectl } from '../kubectl.ts'
import type { Layout } from '../layout.ts'
import { bmc, bmcSecret } from '../machines/bmc.ts'
import { furnish, machineRoom } from '../machines/rack.ts'
import type { Service } from '../process/service.ts'
import { furnishMachine } from './furnish.ts'
import { buildImages } from './image.ts'
import { type RealMachine, realMachinesOf } from './real-machine.ts'

/** Everything the machines need before they are switched on, and the BMCs that switch them on. */
export async function furnishRealRack(layout: Layout, kubectl: Kubectl): Promise<readonly Service[]> {
  const rack = realMachinesOf(layout)
  const images = await buildImages(join(layout.run, 'images'))
  writeFileSync(nodeJobImagePath(layout), images.nodeJobImage)
  for (const machine of rack) {
    await furnish(layout, machine)
    await furnishMachine(layout, machine, images)
  }
  await kubectl.apply(rack.map(bmcSecret))
  return [machineRoom(layout), ...rack.map((machine) => bmc(machine, powerCommand(layout, machine)))]
}

const powerCommand = ({ instance, run }: Layout, { name }: RealMachine): string =>
  `${process.execPath} ${fileURLToPath(import.meta.resolve('./power.ts'))} ${name} ${instance} ${run}`

/** The image that every real machine has, by the name under which the operator's node jobs find it; undefined: no machine is real. */
export function nodeJobImageOf(layout: Layout): string | undefined {
  try {
    return readFileSync(nodeJobImagePath(layout), 'utf8')
  } catch {
    return undefined
  }
}

const nodeJobImagePath = ({ run }: Layout): string => join(run, 'images/node-job-image')
