import type { JournalLine } from '../../api/journal-line.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { Prng } from '../../kernel/prng.ts'
import { rfc3339 } from '../../kernel/time.ts'
import type { Journal, Log } from '../../ports/journal.ts'
import { type Checker, type Happening, Truth } from '../checkers/checker.ts'
import { createCheckers } from '../checkers/checkers.ts'
import { Loop } from '../loop.ts'
import type { Plan } from '../plan/plan.ts'
import { AlertLine } from '../weather/alert-line.ts'
import { Faults } from '../weather/faults.ts'
import { Incidents } from '../weather/incidents.ts'
import { MetricLine } from '../weather/metric-line.ts'
import { Network, type Passing } from '../weather/network.ts'
import { Outages } from '../weather/outages.ts'
import type { Process } from '../weather/process.ts'
import type { ProcessEvent } from '../weather/process-event.ts'
import { Replica } from '../weather/replica.ts'
import { StaleViews } from '../weather/stale-views.ts'
import { Strikes } from '../weather/strikes.ts'
import type { World } from '../world/world.ts'
import { createWorld } from './cluster.ts'
import { happeningInWords } from './happening-in-words.ts'
import { bootOperator, operatorUser } from './operator-process.ts'
import { passerBy } from './passer-by.ts'
import { Trace } from './trace.ts'

export interface Failure {
  readonly kind: 'Crash' | 'Unsafe' | 'Stuck'
  readonly message: string
}

export interface SimulationHooks {
  /** Told of every request of every process; may kill it there. */
  readonly onRequest?: (passing: Passing) => void
  /** Told of everything that the checkers judge. */
  readonly onHappening?: (happening: Happening) => void
  /** Told of every look of every controller. */
  readonly onLook?: (line: JournalLine) => void
  /** Nobody will read the trace: none is written, and there is no hash. */
  readonly withoutTrace?: boolean
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

/** One world, its weather, and the real operator in it, in as many processes as the plan has. What goes wrong first ends it. */
export class Simulation {
  readonly plan: Plan
  readonly loop: Loop
  readonly world: World
  readonly faults: Faults
  readonly outages: Outages
  readonly replicas: readonly Replica[]
  readonly incidents: Incidents
  readonly truth: Truth
  readonly trace: Trace
  failure: Failure | undefined
  readonly #prng: Prng
  readonly #network: Network
  readonly #alerts: AlertLine
  readonly #metrics: MetricLine
  readonly #hooks: SimulationHooks
  readonly #checkers: readonly Checker[] = createCheckers()

  constructor(plan: Plan, hooks: SimulationHooks = {}) {
    this.plan = plan
    this.#hooks = hooks
    this.#prng = new Prng(plan.seed)
    this.loop = new Loop(this.#prng.fork('ties'))
    this.trace = new Trace(this.loop)
    this.faults = new Faults(plan.faults, this.#prng.fork('faults'))
    this.world = createWorld(this.loop, plan)
    this.outages = new Outages(
      () => this.world.loseServer(),
      () => this.world.alertmanager.restart(),
    )
    this.truth = new Truth(this.world, { now: this.loop.now, user: operatorUser, replicas: () => this.replicas })
    this.#network = this.#createNetwork()
    const line = { outages: this.outages, loop: this.loop, tell: this.#tell }
    this.#alerts = new AlertLine(this.world.alertmanager.alerts, line)
    this.#metrics = new MetricLine(this.world.prometheus, line)
    this.replicas = plan.replicas.map(
      (replica, index) =>
        new Replica(
          { loop: this.loop, plan: replica, index, boot: (process) => this.#boot(process), tell: this.#tell },
          this.outages.changed,
        ),
    )
    const { loop, faults, outages, replicas } = this
    this.incidents = new Incidents({ loop, faults, outages, replicas, note: this.note })
    this.world.server.onChange((change) => this.#witness({ kind: 'Changed', change }))
    this.world.onEvent((event) => this.#witness({ kind: 'World', event }))
  }

  /** Ends early at the first failure, or when `isOver` holds. */
  async run(ms: number, isOver: () => boolean = () => false): Promise<void> {
    try {
      await this.loop.runFor(ms, () => this.failure !== undefined || isOver())
    } catch (error) {
      this.#fail({ kind: 'Crash', message: `the world: ${stackOf(error)}` })
    }
  }

  stuck(message: string): void {
    this.#fail({ kind: 'Stuck', message })
  }

  readonly note = (text: string): void => {
    if (this.#hooks.withoutTrace !== true) this.trace.note(text)
  }

  #createNetwork(): Network {
    const { loop, faults, outages, world, plan } = this
    const { server } = world
    return new Network({
      loop,
      faults,
      outages,
      strikes: new Strikes(plan.strikes, faults),
      prng: this.#prng.fork('network'),
      server,
      views: new StaleViews({ loop, server, faults, prng: this.#prng.fork('views') }),
      user: operatorUser,
      witness: (served) => this.#witness({ kind: 'Served', served }),
      tell: this.#tell,
      onRequest: (passing) => this.#hooks.onRequest?.(passing),
      disturb: passerBy(world),
    })
  }

  #boot(process: Process): void {
    const { loop, world, faults, plan } = this
    bootOperator(process, {
      loop,
      world,
      faults,
      network: this.#network,
      alerts: this.#alerts,
      metrics: this.#metrics,
      seed: plan.seed,
      log: this.#logOf(process),
      journal: this.#journalOf(process),
      tell: this.#tell,
      onCrash: (message) => this.#fail({ kind: 'Crash', message: `${process.name}: ${message}` }),
    })
  }

  readonly #tell = (event: ProcessEvent): void => this.#witness({ kind: 'Process', event })

  #witness(happening: Happening): void {
    if (this.#hooks.withoutTrace !== true) this.#tellOf(happening)
    this.#hooks.onHappening?.(happening)
    if (this.failure !== undefined) return
    for (const { invariant, judge } of this.#checkers) {
      const complaint = judge(happening, this.truth)
      if (complaint !== undefined) return this.#fail({ kind: 'Unsafe', message: `${invariant}: ${complaint}` })
    }
  }

  #tellOf(happening: Happening): void {
    const text = happeningInWords(happening)
    if (text !== undefined) this.note(text)
  }

  #fail(failure: Failure): void {
    this.failure ??= failure
    this.note(`${failure.kind}: ${failure.message}`)
  }

  #journalOf({ name, clock }: Process): Journal {
    const { onLook } = this.#hooks
    if (onLook === undefined) return { append: () => {} }
    return {
      append: (entry) => onLook({ time: rfc3339(clock.now()), mono: clock.mono(), process: name, ...entry }),
    }
  }

  /** A defect that an operator survives is one all the same. */
  #logOf({ name }: Process): Log {
    const say =
      (level: string) =>
      (text: string, fields: JsonObject = {}) => {
        this.note(`${name} ${level}: ${text} ${JSON.stringify(fields)}`)
        if (level === 'error') this.#fail({ kind: 'Crash', message: `${name}: ${text} ${JSON.stringify(fields)}` })
      }
    return { info: say('info'), warn: say('warn'), error: say('error') }
  }
}
