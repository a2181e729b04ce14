import { setTimeout as sleep } from 'node:timers/promises'
import { kubeconfigPath } from '../control-plane/identities.ts'
import { kubectlWith } from '../kubectl.ts'
import { type Layout, layoutOf } from '../layout.ts'
import type { ProcessIdentity } from '../process/identity.ts'
import { runningProcess } from '../process/service.ts'
import { realLife } from '../real-machines/life.ts'
import { readTier } from '../state.ts'
import { type Hardware, hardwareOf, powerProcess } from './hardware.ts'
import type { Life } from './life.ts'
import { playedLife } from './machine.ts'

/**
 * machine-room INSTANCE RUN: looks ten times a second at which machines have power, and lets their nodes live and die
 * with it. What it could not do in one look, because the API server did not answer, it does in a later one.
 */
async function watchPower(layout: Layout, life: Life, hardware: Hardware): Promise<never> {
  let lit: ProcessIdentity | undefined
  for (;;) {
    const power = runningProcess(layout, powerProcess(hardware.name))
    try {
      if (lit !== undefined && power?.startTicks !== lit.startTicks) {
        console.log(`${hardware.name}: power gone`)
        await life.powerGone(hardware)
        lit = undefined
      }
      if (power !== undefined && (lit === undefined || !life.isWhole(hardware))) {
        console.log(`${hardware.name}: running`)
        await life.powerCame(hardware, power)
        lit = power
      }
    } catch (error) {
      console.error(error)
    }
    await sleep(lookEveryMs)
  }
}

const lookEveryMs = 100

const [instance = '0', run] = process.argv.slice(2)
const layout = layoutOf(process.env, { instance: Number(instance), run })
const life =
  readTier(layout) === 'C'
    ? realLife(layout)
    : playedLife({ layout, kubectl: kubectlWith(layout, kubeconfigPath(layout, 'machines')) })
await Promise.all(hardwareOf(layout).map((hardware) => watchPower(layout, life, hardware)))
