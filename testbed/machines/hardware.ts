import { join } from 'node:path'
import { type Layout, machinePorts } from '../layout.ts'

/** What stands in the rack: each is a node behind a BMC, with a kernel log of its own. */
const machineNames = ['machine-1', 'machine-2', 'machine-3'] as const

export interface Hardware {
  readonly name: string
  readonly index: number
  readonly bmcAddress: string
  readonly bmcPort: number
  readonly serialPort: number
  readonly npdPort: number
  readonly folder: string
  /** Written by stories, read by its node problem detector, emptied when the power goes. */
  readonly kernelLog: string
  /** One line for each time that the power came or went: what really happened to the machine. */
  readonly powerLog: string
}

export const hardwareOf = (layout: Layout): readonly Hardware[] =>
  machineNames.map((name, index) => {
    const ports = machinePorts(layout, index)
    const folder = join(layout.run, 'machines', name)
    return {
      name,
      index,
      bmcAddress: layout.host,
      bmcPort: ports.bmc,
      serialPort: ports.serial,
      npdPort: ports.npd,
      folder,
      kernelLog: join(folder, 'kern.log'),
      powerLog: join(folder, 'power.log'),
    }
  })

/** The process that stands for current flowing: while it lives the machine is on. */
export const powerProcess = (name: string): string => `power-${name}`
export const bmcProcess = (name: string): string => `bmc-${name}`
export const npdProcess = (name: string): string => `npd-${name}`
