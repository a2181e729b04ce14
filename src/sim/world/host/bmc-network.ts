import { seconds } from '../../../kernel/time.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../../ports/errors.ts'
import type { BmcAccess, Power, PowerReading } from '../../../ports/power.ts'
import type { PowerLogEntry } from '../events.ts'
import type { Nature } from '../nature.ts'
import type { Bmc } from './bmc.ts'

/** When whoever calls gives a call up, as the adapter of IPMI does. */
const callerGivesUpMs = seconds(8)

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
      await this.#answer<PowerReading>(access, 'Read', (bmc) => ({
        power: bmc.readPower(),
        systemUUID: bmc.machine.systemUUID,
      })),
    turnOff: async (access) => void (await this.#answer(access, 'Off', (bmc) => bmc.switchPower('Off'))),
    turnOn: async (access) => void (await this.#answer(access, 'On', (bmc) => bmc.switchPower('On'))),
  }

  async #answer<Answer>(access: BmcAccess, command: Command, obey: (bmc: Bmc) => Answer): Promise<Answer> {
    const bmc = await this.#session(access)
    const before = bmc.machine.state
    if (access.username !== bmc.options.username || access.password !== bmc.password) {
      bmc.met('BadCredentials')
      this.#record({ bmc, command, before }, 'Denied')
      throw new RefusedError('the BMC refused the session: wrong user name or password', {
        status: 401,
        reason: 'Unauthorized',
      })
    }
    if (access.systemUUID !== undefined && access.systemUUID !== bmc.machine.systemUUID) bmc.met('WrongHost')
    const answer = obey(bmc)
    const isReset = bmc.fails('resetsItself')
    if (isReset) bmc.reset()
    if (isReset || bmc.fails('answersLost')) {
      bmc.met('AnswerLost')
      this.#record({ bmc, command, before }, 'Lost')
      await this.#pass(this.#nature.timings.bmcTimeoutMs)
      throw new TimeoutError(`the BMC at ${access.address}:${access.port} took the command and did not answer`)
    }
    this.#record({ bmc, command, before }, answer === false ? 'Ignored' : 'Done')
    return answer
  }

  /** Nothing is told to a BMC before a session stands. */
  async #session(access: BmcAccess): Promise<Bmc> {
    const name = `${access.address}:${access.port}`
    const bmc = this.#bmcs.get(name)
    if (bmc === undefined || bmc.isRestarting || bmc.fails('unreachable')) {
      bmc?.met('Unreachable')
      await this.#pass(this.#nature.timings.bmcTimeoutMs)
      throw new UnavailableError(`no answer from the BMC at ${name}`)
    }
    if (bmc.fails('slow') || bmc.manners.latencyMs >= callerGivesUpMs) {
      bmc.met('Slow')
      bmc.openSession()
      await this.#pass(callerGivesUpMs)
      throw new TimeoutError(`the BMC at ${name} took longer than ${callerGivesUpMs} ms`)
    }
    await this.#pass(bmc.manners.latencyMs)
    if (bmc.openSession()) return bmc
    bmc.met('SessionLimit')
    throw new UnavailableError(`the BMC at ${name} has no session free`)
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

type Command = PowerLogEntry['command']

interface Told {
  readonly bmc: Bmc
  readonly command: Command
  readonly before: PowerLogEntry['before']
}
