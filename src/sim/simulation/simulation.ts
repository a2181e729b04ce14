import { defaultNamespace } from '../../api/annotations.ts'
import { customResourceDefinition } from '../../api/crd/custom-resource-definition.ts'
import { definitions } from '../../api/crd/definitions.ts'
import { defaultGuard, emptyLedger } from '../../api/initial-objects.ts'
import { startOperator } from '../../controllers/operator.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { hashText, Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import type { Log } from '../../ports/journal.ts'
import { WorldClient } from '../api-server/world-client.ts'
import { type Checker, type Happening, Truth } from '../checkers/checker.ts'
import { createCheckers } from '../checkers/checkers.ts'
import { Loop } from '../loop.ts'
import { Faults } from '../weather/faults.ts'
import { Network } from '../weather/network.ts'
import { powerLine } from '../weather/power-line.ts'
import { Process } from '../weather/process.ts'
import { World } from '../world/world.ts'
import { happeningInWords } from './happening-in-words.ts'
import { loadAlert, simPolicy } from './policy.ts'

export const pool = 'burst'
const operatorUser = `system:serviceaccount:${defaultNamespace}:prunella`

export interface Failure {
  readonly kind: 'Crash' | 'Unsafe' | 'Stuck'
  readonly message: string
}

const bookmarkEveryMs = minutes(1)
/** Longer traces are cut at their beginning; the hash is over everything. */
const traceMax = 20_000

/** One world, its weather, and the real operator in it. What goes wrong first ends it. */
export class Simulation {
  readonly loop = new Loop()
  readonly world: World
  readonly faults: Faults
  readonly truth: Truth
  readonly trace: string[] = []
  failure: Failure | undefined
  readonly #seed: number
  readonly #prng: Prng
  readonly #network: Network
  readonly #checkers: readonly Checker[] = createCheckers()
  #starts = 0
  #hash: readonly [number, number] = [0, 0]

  constructor(seed: number) {
    this.#seed = seed
    this.#prng = new Prng(seed)
    this.faults = new Faults(this.#prng.fork('faults'))
    this.world = createWorld(this.loop, seed)
    this.truth = new Truth(this.world, { now: this.loop.now, user: operatorUser })
    const passerBy = new WorldClient(this.world.server, 'passer-by')
    this.#network = new Network({
      loop: this.loop,
      faults: this.faults,
      prng: this.#prng.fork('network'),
      server: this.world.server,
      user: operatorUser,
      witness: (served) => this.#witness({ kind: 'Served', served }),
      disturb: (path) => disturb(this.world, passerBy, path),
    })
    this.world.server.onChange((change) => this.#witness({ kind: 'Changed', change }))
    this.world.onEvent((event) => this.#witness({ kind: 'World', event }))
    this.#bookmark()
  }

  /** Two runs of one seed give one hash: every happening is in it. */
  get traceHash(): string {
    return this.#hash.map((half) => half.toString(16).padStart(8, '0')).join('')
  }

  /** A new process of the operator. It remembers nothing of the ones before. */
  startOperator(): Process {
    this.#starts += 1
    const process = new Process(this.loop, `operator-${this.#starts}`)
    const { alertmanager, power } = this.world
    const line = powerLine(power, { loop: this.loop, faults: this.faults, process })
    const operator = startOperator(
      {
        clock: process.clock,
        transport: this.#network.transportOf(process),
        power: line,
        alerts: [{ name: 'alertmanager', list: async () => await delivered(process, alertmanager.alerts.list) }],
        log: this.#logOf(process),
        journal: { append: () => {} },
      },
      {
        identity: process.name,
        seed: this.#seed + this.#starts,
        namespace: defaultNamespace,
        nodeJobImage: 'registry.example/node-job@sha256:0',
        alertPollSeconds: 15,
        powerGuardGapSeconds: 30,
      },
      new AbortController().signal,
    )
    operator.done.catch((error: unknown) => {
      if (process.isAlive)
        this.#fail({ kind: 'Crash', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    })
    return process
  }

  /** Ends early at the first failure, or when `isOver` holds. */
  async run(ms: number, isOver: () => boolean = () => false): Promise<void> {
    await this.loop.runFor(ms, () => this.failure !== undefined || isOver())
  }

  stuck(message: string): void {
    this.#fail({ kind: 'Stuck', message })
  }

  note(text: string): void {
    const line = `${((this.loop.mono() as number) / 1_000).toFixed(3).padStart(10)}  ${text}`
    this.#hash = [hashText(line, this.#hash[0]), hashText(line, this.#hash[1] ^ 0x5bd1e995)]
    this.trace.push(line)
    if (this.trace.length > traceMax) this.trace.splice(0, traceMax / 2)
  }

  #witness(happening: Happening): void {
    const text = happeningInWords(happening)
    if (text !== undefined) this.note(text)
    if (this.failure !== undefined) return
    for (const { invariant, judge } of this.#checkers) {
      const complaint = judge(happening, this.truth)
      if (complaint !== undefined) return this.#fail({ kind: 'Unsafe', message: `${invariant}: ${complaint}` })
    }
  }

  #fail(failure: Failure): void {
    this.failure ??= failure
    this.note(`${failure.kind}: ${failure.message}`)
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

  #bookmark(): void {
    this.loop.after(bookmarkEveryMs, () => {
      this.world.server.bookmark()
      this.#bookmark()
    })
  }
}

const delivered = <Answer>(process: Process, ask: () => Promise<Answer>): Promise<Answer> =>
  new Promise((resolve, reject) => {
    ask().then(
      (answer) => process.resume(() => resolve(answer)),
      (error: unknown) => process.resume(() => reject(error)),
    )
  })

/** Somebody who has nothing to do with us touches the object that we are about to write. */
function disturb(world: World, passerBy: WorldClient, path: string): void {
  const [, plural, name] =
    /\/(nodes|noderemediations|disruptionledgers|nodehealths)\/([^/]+)(?:\/status)?$/.exec(path) ?? []
  if (plural === undefined || name === undefined) return
  const resource = plural === 'nodes' ? plural : `${plural}.prunella.dev`
  if (world.objects.get(resource, { name }) === undefined) return
  const touched = String(world.server.resourceVersion)
  passerBy.patch(resource, { name }, { metadata: { annotations: { 'example.com/touched': touched } } })
}

const createWorld = (loop: Loop, seed: number): World =>
  new World({
    timers: loop,
    seed,
    nodes: 4,
    zones: ['a', 'b', 'c'],
    pools: [{ name: pool, cpus: 4, zones: ['a', 'b', 'c'], labels: { remediable: 'true' }, nodes: 2, nodesMax: 4 }],
    manifests: [...definitions.map(customResourceDefinition), emptyLedger, defaultGuard, simPolicy],
    nodeLabels: { 'node.example/type': 'metal' },
    workloads: [
      {
        namespace: 'shop',
        name: 'web',
        replicas: 6,
        cpu: '200m',
        nodeSelector: { 'node.example/type': 'metal' },
        budget: { minAvailable: 5 },
      },
      {
        namespace: 'shop',
        name: 'worker',
        replicas: 4,
        cpu: '1500m',
        nodeSelector: { 'karpenter.sh/nodepool': pool },
        budget: { minAvailable: 3 },
      },
    ],
    alertRules: [{ alert: loadAlert, abovePercent: 90, forMs: seconds(30) }],
  })
