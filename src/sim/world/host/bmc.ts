import { RefusedError, TimeoutError, UnavailableError } from '../../../ports/errors.ts'
import type { BmcAccess, Power, PowerReading } from '../../../ports/power.ts'
import type { PowerLogEntry } from '../events.ts'
import type { Nature } from '../nature.ts'
import type { Machine } from './machine.ts'

/**
 * How a BMC can fail its caller: no answer at all; commands that are obeyed, with their answers lost; `Ok` to commands that it
 * does not obey; a reading that is always the opposite of what is so.
 */
export type BmcTrouble = 'None' | 'Unreachable' | 'AnswersLost' | 'IgnoresCommands' | 'LiesAboutPower'

export interface BmcOptions {
  readonly address: string
  readonly port: number
  readonly username: string
  readonly password: string
}

/** The board that switches one machine, on its own power and its own network. */
export class Bmc {
  readonly machine: Machine
  readonly options: BmcOptions
  trouble: BmcTrouble = 'None'
  /** What it claims; another machine's where somebody swapped the cables. */
  systemUUID: string
  /** What it accepts; differs from the Secret after a rotation that was only half done. */
  password: string

  constructor(machine: Machine, options: BmcOptions) {
    this.machine = machine
    this.options = options
    this.systemUUID = machine.systemUUID
    this.password = options.password
  }

  get isOn(): boolean {
    const isOn = this.machine.state !== 'Off'
    return this.trouble === 'LiesAboutPower' ? !isOn : isOn
  }
}

/** The BMCs of a world, and everything that they were ever told: the truth about power. */
export class BmcNetwork {
  readonly log: PowerLogEntry[] = []
  readonly #nature: Nature
  readonly #bmcs = new Map<string, Bmc>()

  constructor(nature: Nature) {
    this.#nature = nature
  }

  add(bmc: Bmc): void {
    this.#bmcs.set(`${bmc.options.address}:${bmc.options.port}`, bmc)
  }

  remove({ options }: Bmc): void {
    this.#bmcs.delete(`${options.address}:${options.port}`)
  }

  /** The port to this network, as one caller has it. Answers come after the latency of a BMC, on the clock of the world. */
  readonly power: Power = {
    read: async (access) =>
      this.#answer(
        access,
        'Read',
        ({ isOn, systemUUID }): PowerReading => ({ power: isOn ? 'On' : 'Off', systemUUID }),
      ),
    turnOff: async (access) => this.#answer(access, 'Off', (bmc) => this.#switch(bmc, 'Off')),
    turnOn: async (access) => this.#answer(access, 'On', (bmc) => this.#switch(bmc, 'On')),
  }

  async #answer<Answer>(
    access: BmcAccess,
    command: PowerLogEntry['command'],
    obey: (bmc: Bmc) => Answer,
  ): Promise<Answer> {
    const { bmcLatencyMs, bmcTimeoutMs } = this.#nature.timings
    const bmc = this.#bmcs.get(`${access.address}:${access.port}`)
    if (bmc === undefined || bmc.trouble === 'Unreachable') {
      await this.#pass(bmcTimeoutMs)
      throw new UnavailableError(`no answer from the BMC at ${access.address}:${access.port}`)
    }
    await this.#pass(bmcLatencyMs)
    const before = bmc.machine.state
    if (access.username !== bmc.options.username || access.password !== bmc.password) {
      this.#record({ bmc, command, before }, 'Denied')
      throw new RefusedError('the BMC refused the session: wrong user name or password', {
        status: 401,
        reason: 'Unauthorized',
      })
    }
    const answer = obey(bmc)
    const ignored = command !== 'Read' && bmc.trouble === 'IgnoresCommands'
    if (bmc.trouble === 'AnswersLost') {
      this.#record({ bmc, command, before }, 'Lost')
      await this.#pass(bmcTimeoutMs)
      throw new TimeoutError(`the BMC at ${access.address}:${access.port} took the command and did not answer`)
    }
    this.#record({ bmc, command, before }, ignored ? 'Ignored' : 'Done')
    return answer
  }

  #switch(bmc: Bmc, power: 'On' | 'Off'): void {
    if (bmc.trouble === 'IgnoresCommands') return
    if (power === 'On') bmc.machine.turnOn()
    else bmc.machine.turnOff()
  }

  #record({ bmc, command, before }: Told, outcome: PowerLogEntry['outcome']): void {
    const { machine } = bmc
    const entry = {
      at: this.#nature.timers.now(),
      machine: machine.name,
      command,
      outcome,
      before,
      after: machine.state,
    }
    this.log.push(entry)
    this.#nature.tell({ kind: 'PowerCommanded', entry })
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#nature.timers.after(ms, resolve)
    })
  }
}

interface Told {
  readonly bmc: Bmc
  readonly command: PowerLogEntry['command']
  readonly before: PowerLogEntry['before']
}
