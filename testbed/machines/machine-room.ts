import { setTimeout as sleep } from 'node:timers/promises'
import { kubeconfigPath } from '../control-plane/identities.ts'
import { kubectlWith } from '../kubectl.ts'
import { layoutOf } from '../layout.ts'
import type { ProcessIdentity } from '../process/identity.ts'
import { runningProcess } from '../process/service.ts'
import { type Hardware, hardwareOf, npdProcess, powerProcess } from './hardware.ts'
import { powerCame, powerGone, type Room } from './machine.ts'

/**
 * machine-room INSTANCE RUN: looks ten times a second at which machines have power, and lets their nodes live and die
 * with it. What it could not do in one look, because the API server did not answer, it does in a later one.
 */
async function watchPower(room: Room, hardware: Hardware): Promise<never> {
  let lit: ProcessIdentity | undefined
  for (;;) {
    const power = runningProcess(room.layout, powerProcess(hardware.name))
    try {
      if (lit !== undefined && power?.startTicks !== lit.startTicks) {
        console.log(`${hardware.name}: power gone`)
        await powerGone(room, hardware)
        lit = undefined
      }
      if (power !== undefined && (lit === undefined || !detectorRuns(room, hardware))) {
        console.log(`${hardware.name}: running`)
        await powerCame(room, hardware, power)
        lit = power
      }
    } catch (error) {
      console.error(error)
    }
    await sleep(lookEveryMs)
  }
}

/** It may die alone, and is then started like any service of a machine. */
const detectorRuns = ({ layout }: Room, { name }: Hardware): boolean =>
  runningProcess(layout, npdProcess(name)) !== undefined

const lookEveryMs = 100

const [instance = '0', run] = process.argv.slice(2)
const layout = layoutOf(process.env, { instance: Number(instance), run })
const room: Room = { layout, kubectl: kubectlWith(layout, kubeconfigPath(layout, 'machines')) }
await Promise.all(hardwareOf(layout).map((hardware) => watchPower(room, hardware)))
