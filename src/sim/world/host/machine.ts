import { type Instant, later } from '../../../kernel/time.ts'
import type { MachineState } from '../events.ts'
import { Lifetime } from '../lifetime.ts'
import type { Nature } from '../nature.ts'
import { uuid } from './uuid.ts'

/** What a soft reboot does: `Ignored` never ends, `Hangs` stops user space and then hangs. */
export type SoftReboot = 'Works' | 'Ignored' | 'Hangs'

export interface DiskUse {
  readonly usedPercent: number
  /** How much of it nobody needs: images, logs, dead containers. */
  readonly wastePercent: number
}

/** The line that node-problem-detector takes for a deadlock of the kernel. */
const deadlockLine = 'task docker:12345 blocked for more than 120 seconds.'

/** What runs on a machine, and feels what happens to it. */
export interface Program {
  readonly stateBecame?: (state: MachineState) => void
  readonly connectionBecame?: (connected: boolean) => void
  readonly kernelLogged?: (line: string) => void
  readonly diskBecame?: () => void
}

/** The iron: physically true, whatever the API server or an operator believes. */
export class Machine {
  readonly name: string
  readonly systemUUID: string
  readonly #nature: Nature
  readonly #programs: Program[] = []
  #state: MachineState = 'Off'
  #life: Lifetime
  #boots = 0
  #bootID = ''
  #isConnected = true
  #isServerThere = true
  #kernelLog: readonly string[] = []
  #isDeadlocked = false
  #bootedAt: Instant
  #disk: DiskUse = { usedPercent: 40, wastePercent: 10 }
  /** Processes that have ended and that nobody has collected; a boot takes them away. */
  zombies = 0
  /** What ails the kernel; a new boot heals it. */
  #softReboot: SoftReboot = 'Works'
  /** Until further notice boots end in a machine that hangs: broken for good. */
  bootsHang = false
  /** Until further notice the kernel deadlocks again, so long after each boot. */
  relapsesAfterMs: number | undefined
  /** Instead of the ordinary time of a boot, with programs that are ready at once: so fast that nobody sees it go. */
  fastBootMs: number | undefined
  /** How far its clock is ahead of the true time; negative: behind. */
  clockSkewMs = 0

  constructor(nature: Nature, name: string) {
    this.#nature = nature
    this.name = name
    this.systemUUID = uuid(nature.prng.fork(`${name}/system`))
    this.#life = new Lifetime(nature.timers)
    this.#bootedAt = nature.timers.now()
  }

  get state(): MachineState {
    return this.#state
  }

  get bootID(): string {
    return this.#bootID
  }

  /** How often it has come up, the first time included. */
  get boots(): number {
    return this.#boots
  }

  /** How long it has been up, as its kernel counts. */
  get upMs(): number {
    return this.#nature.timers.now() - this.#bootedAt
  }

  get disk(): DiskUse {
    return this.#disk
  }

  /** A boot frees nothing. */
  fillDisk(use: DiskUse): void {
    this.#disk = use
    for (const { diskBecame } of this.#programs) diskBecame?.()
  }

  /** Since the last boot. */
  get kernelLog(): readonly string[] {
    return this.#kernelLog
  }

  /** Whether the kernel blocks in some path right now, whatever anybody says about it. */
  get isDeadlocked(): boolean {
    return this.#isDeadlocked
  }

  /** What its own clock says. */
  get clock(): Instant {
    return later(this.#nature.timers.now(), this.clockSkewMs)
  }

  /** Whether it reaches the API server. */
  get isConnected(): boolean {
    return this.#isConnected && this.#isServerThere
  }

  install(program: Program): void {
    this.#programs.push(program)
  }

  /** As a machine that has been up since before the story. */
  startRunning(): void {
    this.#load()
    this.#become('Running')
  }

  turnOn(): void {
    if (this.#state === 'Off') this.#boot()
  }

  turnOff(): void {
    if (this.#state !== 'Off') this.#become('Off')
  }

  /** Asked for by a program on it. */
  reboot(): SoftReboot {
    if (this.#state !== 'Running') return 'Ignored'
    const answer = this.#softReboot
    if (answer === 'Works') this.#boot()
    if (answer === 'Hangs') this.#become('Hung')
    return answer
  }

  /** Everything on it stands still: no heartbeat, no new process, none ends. */
  hang(): void {
    if (this.#state === 'Running') this.#become('Hung')
  }

  /** A machine that hung goes on by itself, in the same boot. */
  recover(): void {
    if (this.#state === 'Hung') this.#become('Running')
  }

  /** Cut off, everything on it goes on, and nobody hears of it. */
  connect(isConnected: boolean): void {
    if (this.#isConnected === isConnected) return
    this.#isConnected = isConnected
    this.#nature.tell({ kind: 'ConnectionBecame', machine: this.name, connected: isConnected })
    for (const { connectionBecame } of this.#programs) connectionBecame?.(this.isConnected)
  }

  /** The API server went away, or this machine found it again: its own network has no part in it. */
  serverBecame(isThere: boolean): void {
    if (this.#isServerThere === isThere) return
    this.#isServerThere = isThere
    for (const { connectionBecame } of this.#programs) connectionBecame?.(this.isConnected)
  }

  logKernel(line: string): void {
    this.#kernelLog = [...this.#kernelLog, line]
    this.#nature.tell({ kind: 'KernelLogged', machine: this.name, line })
    for (const { kernelLogged } of this.#programs) kernelLogged?.(line)
  }

  /** The kernel blocks for ever in some path. Most programs, the kubelet too, may go on for long. */
  deadlock(softReboot: SoftReboot): void {
    this.#softReboot = softReboot
    this.#isDeadlocked = true
    this.logKernel(deadlockLine)
  }

  /** What blocked goes on by itself: the log still tells of it, and so does whoever read the log. */
  unblock(): void {
    this.#softReboot = 'Works'
    this.#isDeadlocked = false
  }

  #boot(): void {
    this.#become('Booting')
    const bootMs = this.fastBootMs ?? this.#nature.timings.bootMs
    const jitterMs = this.#nature.prng.fork(`${this.name}/boot/${this.#boots}`).int(0, Math.floor(bootMs / 4))
    this.#life.after(bootMs + jitterMs, () => {
      this.#load()
      this.#become(this.bootsHang ? 'Hung' : 'Running')
      if (this.relapsesAfterMs !== undefined) this.#life.after(this.relapsesAfterMs, () => this.deadlock('Works'))
    })
  }

  /** A new kernel, and nothing of what the old one suffered from. */
  #load(): void {
    this.#boots += 1
    this.#bootedAt = this.#nature.timers.now()
    this.#bootID = uuid(this.#nature.prng.fork(`${this.name}/boot-id/${this.#boots}`))
    this.#softReboot = 'Works'
  }

  #forget(): void {
    this.#kernelLog = []
    this.#isDeadlocked = false
    this.zombies = 0
  }

  #become(state: MachineState): void {
    this.#life.end()
    this.#life = new Lifetime(this.#nature.timers)
    this.#state = state
    if (state === 'Off' || state === 'Booting') this.#forget()
    this.#nature.tell({ kind: 'MachineBecame', machine: this.name, state, bootID: this.#bootID })
    for (const { stateBecame } of this.#programs) stateBecame?.(state)
  }
}
