import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { type Hardware, hardwareOf } from '../machines/hardware.ts'
import { machineAddress } from './addresses.ts'

/** Files of a machine that really runs. All but its disk and its logs are read when it boots, and never written by it. */
export interface RealMachine extends Hardware {
  readonly address: string
  /** Indexes of the other machines. */
  readonly others: readonly number[]
  /** An empty folder: in the machine's own namespace its root is mounted there. */
  readonly root: string
  readonly etc: string
  readonly local: string
  /** An image of a filesystem, mounted at /var. It outlives the power, like any disk. */
  readonly disk: string
  readonly bootID: string
  readonly bootScript: string
  /** Of everything that runs in it: `testbed logs machine-1/kubelet`. */
  readonly logs: string
}

export const realMachinesOf = (layout: Layout): readonly RealMachine[] =>
  hardwareOf(layout).map((hardware, _, all) => {
    const { folder, index, name } = hardware
    return {
      ...hardware,
      address: machineAddress(layout, index).address,
      others: all.map((other) => other.index).filter((other) => other !== index),
      root: join(folder, 'root'),
      etc: join(folder, 'etc'),
      local: join(folder, 'local'),
      disk: join(folder, 'disk.img'),
      bootID: join(folder, 'boot_id'),
      bootScript: join(folder, 'boot'),
      logs: join(layout.logs, name),
    }
  })
