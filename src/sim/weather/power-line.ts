import { seconds } from '../../kernel/time.ts'
import { TimeoutError } from '../../ports/errors.ts'
import type { Power } from '../../ports/power.ts'
import type { Loop } from '../loop.ts'
import type { Faults } from './faults.ts'
import type { Process } from './process.ts'

const powerTimeoutMs = seconds(8)

/** The road between a process and the BMCs. */
export function powerLine(
  power: Power,
  { loop, faults, process }: { readonly loop: Loop; readonly faults: Faults; readonly process: Process },
): Power {
  const carried = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    const isLost = faults.happens('PowerLost')
    const isUnheard = !isLost && faults.happens('PowerAnswerLost')
    return await new Promise<Answer>((resolve, reject) => {
      if (isLost || isUnheard)
        loop.after(powerTimeoutMs, () => process.resume(() => reject(new TimeoutError('the BMC gave no answer'))))
      if (isLost) return
      ask().then(
        (answer) => (isUnheard ? undefined : process.resume(() => resolve(answer))),
        (error: unknown) => (isUnheard ? undefined : process.resume(() => reject(error))),
      )
    })
  }
  return {
    read: async (bmc) => await carried(async () => await power.read(bmc)),
    turnOff: async (bmc) => await carried(async () => await power.turnOff(bmc)),
    turnOn: async (bmc) => await carried(async () => await power.turnOn(bmc)),
  }
}
