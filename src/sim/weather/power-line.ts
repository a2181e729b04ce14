import { type Mono, seconds } from '../../kernel/time.ts'
import { TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { BmcAccess, Power } from '../../ports/power.ts'
import type { Loop } from '../loop.ts'
import type { Faults } from './faults.ts'
import type { Process } from './process.ts'
import type { ProcessEvent } from './process-event.ts'

const powerTimeoutMs = seconds(8)

export interface PowerLineOptions {
  readonly loop: Loop
  readonly faults: Faults
  readonly process: Process
  readonly tell: (event: ProcessEvent) => void
}

/** The road between a process and the BMCs. */
export function powerLine(power: Power, { loop, faults, process, tell }: PowerLineOptions): Power {
  const fail = (error: Error, reject: (error: Error) => void): void => {
    loop.after(process.replica.clock.trueMs(powerTimeoutMs), () => process.resume(() => reject(error)))
  }
  const carried = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
    await new Promise<Answer>((resolve, reject) => {
      if (process.replica.cutFromBmcs.isHeld) return fail(new UnavailableError('no route to the BMC'), reject)
      const isLost = faults.happens('PowerLost', process)
      const isUnheard = !isLost && faults.happens('PowerAnswerLost', process)
      if (isLost || isUnheard) fail(new TimeoutError('the BMC gave no answer'), reject)
      if (isLost) return
      ask().then(
        (answer) => (isUnheard ? undefined : process.resume(() => resolve(answer))),
        (error: unknown) => (isUnheard ? undefined : process.resume(() => reject(error))),
      )
    })
  const order = async (bmc: BmcAccess, { command, obey, notAfter }: Order): Promise<void> => {
    process.replica.freezeIfDue()
    await new Promise<void>((resolve) => {
      process.resume(resolve)
    })
    if (notAfter !== undefined && process.clock.mono() > notAfter)
      throw new UnavailableError(`the command ${command} waited for too long and is not sent`)
    tell({ kind: 'PowerOrdered', by: process, command, address: bmc.address })
    await carried(obey)
  }
  return {
    read: async (bmc) => await carried(async () => await power.read(bmc)),
    turnOff: async (bmc, notAfter) =>
      await order(bmc, { command: 'Off', obey: async () => await power.turnOff(bmc), notAfter }),
    turnOn: async (bmc, notAfter) =>
      await order(bmc, { command: 'On', obey: async () => await power.turnOn(bmc), notAfter }),
  }
}

interface Order {
  readonly command: 'Off' | 'On'
  readonly obey: () => Promise<void>
  readonly notAfter: Mono | undefined
}
