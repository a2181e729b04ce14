import type { Prng } from '../../../kernel/prng.ts'
import { type Instant, instant, later, seconds } from '../../../kernel/time.ts'
import type { BmcFault, MachineState } from '../events.ts'
import type { Nature } from '../nature.ts'
import type { Machine } from './machine.ts'

export interface BmcOptions {
  readonly address: string
  readonly port: number
  readonly username: string
  readonly password: string
}

/** How a BMC treats its callers. Rates are per mille of its occasions: 1,000 is always. */
export interface BmcManners {
  /** No answer at all. */
  readonly unreachable: number
  /** The session takes half a minute to stand: the caller has given up by then, and no command was sent. */
  readonly slow: number
  /** A command is obeyed, or a reading made, and its answer is lost. */
  readonly answersLost: number
  /** It says OK to a command and does nothing. */
  readonly ignoresCommands: number
  /** A reading of power is the opposite of what is so. */
  readonly misreadsPower: number
  /** It restarts on a call: no answer to this one, nor to any for a while. */
  readonly resetsItself: number
  /** How old a reading of power is. */
  readonly readingLagMs: number
  /** How long it reads Off after power has come back, or while the machine boots by itself. */
  readonly blinksOffMs: number
  /** How much later than its OK a command is obeyed. Up to eight seconds it keeps what `powerTravelMaxMs` promises. */
  readonly obeyLagMs: number
  readonly latencyMs: number
  /** How many sessions it holds at once; each stays for a while after its call. */
  readonly sessionsMax: number
}

const sessionLingerMs = seconds(20)
const resetMs = seconds(90)

/** The board that switches one machine, on its own power and its own network. */
export class Bmc {
  readonly options: BmcOptions
  /** What it accepts; differs from the Secret after a rotation that was only half done. */
  password: string
  /** How often it failed its callers, and how. */
  readonly counts = new Map<BmcFault, number>()
  readonly #nature: Nature
  readonly #prng: Prng
  #manners: BmcManners
  #machine: Machine
  #changes: readonly { readonly at: Instant; readonly isOn: boolean }[] = []
  #onSince = instant(0)
  #downUntil = instant(0)
  #sessions: readonly Instant[] = []

  constructor(nature: Nature, machine: Machine, options: BmcOptions) {
    this.options = options
    this.password = options.password
    this.#nature = nature
    this.#machine = machine
    this.#prng = nature.prng.fork(`bmc/${options.address}:${options.port}`)
    this.#manners = goodManners(nature)
    this.#watch(machine)
  }

  get machine(): Machine {
    return this.#machine
  }

  get manners(): BmcManners {
    return this.#manners
  }

  /** From now on, for what is named; the rest stays as it is. */
  behave(manners: Partial<BmcManners>): void {
    this.#manners = { ...this.#manners, ...manners }
  }

  /** Forgets its bad manners, all or those that are named. Its wires stay where they are. */
  behaveWell(names?: readonly (keyof BmcManners)[]): void {
    const good = goodManners(this.#nature)
    const some = Object.entries(good).filter(([name]) => names === undefined || names.some((each) => each === name))
    this.#manners = { ...this.#manners, ...Object.fromEntries(some) }
    if (names === undefined) this.password = this.options.password
  }

  /** Somebody plugs it into another machine, and tells nobody. */
  rewire(machine: Machine): void {
    this.#machine = machine
    this.#changes = []
    this.#watch(machine)
  }

  /** It restarts by itself; the machine goes on. */
  reset(): void {
    this.#downUntil = later(this.#nature.timers.now(), resetMs)
    this.met('ResetItself')
  }

  get isRestarting(): boolean {
    return this.#nature.timers.now() < this.#downUntil
  }

  /** False: it has no session free. One that was opened is held for a while, whatever becomes of the call. */
  openSession(): boolean {
    const now = this.#nature.timers.now()
    this.#sessions = this.#sessions.filter((since) => now < later(since, sessionLingerMs))
    if (this.#sessions.length >= this.#manners.sessionsMax) return false
    this.#sessions = [...this.#sessions, now]
    return true
  }

  /** What it says of power: the truth, or what its manners make of it. */
  readPower(): 'On' | 'Off' {
    const isOn = this.#machine.state !== 'Off'
    const seen = this.#blinks() ? this.#said(false, 'BlinkedOff') : this.#said(this.#lagging(), 'ReadingStale')
    const said = this.#draws('misreadsPower') ? !isOn : seen
    if (said !== seen) this.met('PowerMisread')
    return said ? 'On' : 'Off'
  }

  get isOn(): boolean {
    return this.#machine.state !== 'Off'
  }

  /** Says yes, and obeys now, later, or not at all. False: not at all. */
  switchPower(power: 'On' | 'Off'): boolean {
    if (this.#draws('ignoresCommands')) {
      this.met('CommandIgnored')
      return false
    }
    const { obeyLagMs } = this.#manners
    const machine = this.#machine
    const obey = (): void => (power === 'On' ? machine.turnOn() : machine.turnOff())
    if (obeyLagMs === 0) obey()
    else {
      this.met('ObeyedLate')
      this.#nature.timers.after(obeyLagMs, obey)
    }
    return true
  }

  /** Whether it misbehaves on this call. */
  fails(manner: 'unreachable' | 'slow' | 'answersLost' | 'resetsItself'): boolean {
    return this.#draws(manner)
  }

  met(fault: BmcFault): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1)
    this.#nature.tell({ kind: 'BmcMisbehaved', machine: this.#machine.name, fault })
  }

  #draws(manner: RatedManner): boolean {
    const rate = this.#manners[manner]
    return rate > 0 && this.#prng.chance(rate)
  }

  #said(isOn: boolean, fault: BmcFault): boolean {
    if (isOn !== this.isOn) this.met(fault)
    return isOn
  }

  #blinks(): boolean {
    return this.isOn && this.#nature.timers.now() < later(this.#onSince, this.#manners.blinksOffMs)
  }

  #lagging(): boolean {
    const asOf = later(this.#nature.timers.now(), -this.#manners.readingLagMs)
    return (this.#changes.findLast(({ at }) => at <= asOf) ?? this.#changes[0])?.isOn ?? this.isOn
  }

  #watch(machine: Machine): void {
    this.#note(machine.state)
    machine.install({
      stateBecame: (state) => {
        if (machine === this.#machine) this.#note(state)
      },
    })
  }

  /** The last few are enough: no lag is longer than a power cycle. */
  #note(state: MachineState): void {
    const at = this.#nature.timers.now()
    if (state === 'Booting') this.#onSince = at
    const before = this.#changes.length === 0 ? instant(0) : at
    this.#changes = [...this.#changes.slice(-7), { at: before, isOn: state !== 'Off' }]
  }
}

type RatedManner = 'unreachable' | 'slow' | 'answersLost' | 'ignoresCommands' | 'misreadsPower' | 'resetsItself'

const goodManners = ({ timings }: Nature): BmcManners => ({
  unreachable: 0,
  slow: 0,
  answersLost: 0,
  ignoresCommands: 0,
  misreadsPower: 0,
  resetsItself: 0,
  readingLagMs: 0,
  blinksOffMs: 0,
  obeyLagMs: 0,
  latencyMs: timings.bmcLatencyMs,
  sessionsMax: 1_000,
})
