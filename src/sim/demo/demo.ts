import { defaultNamespace } from '../../api/annotations.ts'
import { type OperatorPorts, startOperator } from '../../controllers/operator.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/journal.ts'
import type { Transport } from '../../ports/transport.ts'
import { inProcessTransport } from '../api-server/in-process-transport.ts'
import { timersOf } from '../loop.ts'
import type { World } from '../world/world.ts'
import { demoWorld, isUp, nodeCount, poolName, rentedNode, workers, zones } from './cluster.ts'
import { deadlockStory } from './deadlock-story.ts'
import { heldStory } from './held-story.ts'
import { overloadStory } from './overload-story.ts'
import { loadAlert, maxConcurrent } from './policy.ts'
import { slotsTaken } from './runs.ts'
import type { Story } from './story.ts'
import { offset, Timeline } from './timeline.ts'

const upWithinMs = seconds(20)
const secondStoryAfterMs = seconds(1)
const storiesWithinMs = seconds(65)
const lookEveryMs = 100
/** Nobody else has ever switched these machines. */
const powerGuardGapSeconds = 1

export interface DemoOptions {
  readonly clock: Clock
  readonly print: (line: string) => void
  readonly seed: number
  /** Of the operator: new for every start. */
  readonly identity: string
  /** Ends everything: the operator, and all that moves in the cluster. */
  readonly signal: AbortSignal
  /** What stands between an operator and the world: nothing, unless somebody wants to cut it. */
  readonly between?: (ports: OperatorPorts) => OperatorPorts
}

/** A cluster, the real operator and three stories in one process, on whatever clock is given. */
export class Demo {
  readonly world: World
  readonly #options: DemoOptions
  /** What the operator warned of: shown when a story did not end as told. */
  readonly #warnings: string[] = []

  constructor(options: DemoOptions) {
    this.#options = options
    this.world = demoWorld(timersOf(options.clock, options.signal), options.seed)
  }

  /** The API server of the cluster, as its administrator. */
  get transport(): Transport {
    return inProcessTransport(this.world.server)
  }

  /** Resolves to whether all three stories ended as told. Cluster and operator go on until the signal is aborted. */
  async play(): Promise<boolean> {
    const { print } = this.#options
    if (!(await this.#wait(() => isUp(this.world), upWithinMs))) {
      print('The cluster did not come up.')
      return false
    }
    print(`${nodeCount} nodes Ready in ${zones.join(', ')}. The operator starts.`)
    void this.operate(this.#options.identity)
    const stories = this.#stories()
    for (const { letter, title } of stories) print(`  ${letter}  ${title}`)
    await this.#tell(stories)
    return this.#conclude(stories)
  }

  /** Starts an operator: the first one by `play`, another one by whoever has cut the first. */
  async operate(identity: string): Promise<void> {
    const { clock, seed, signal, between = (ports) => ports } = this.#options
    const ports = between({
      clock,
      transport: inProcessTransport(this.world.server, `system:serviceaccount:${defaultNamespace}:prunella`),
      power: this.world.power,
      alerts: [this.world.alertmanager.alerts],
      log: this.#log(),
      journal: { append() {} },
    })
    const config = {
      identity,
      seed,
      namespace: defaultNamespace,
      nodeJobImage: 'registry.example/prunella-node-job@sha256:0',
      alertPollSeconds: 1,
      powerGuardGapSeconds,
    }
    try {
      await startOperator(ports, config, signal).done
    } catch (error) {
      this.#warnings.push(
        `the operator stopped: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      )
    }
  }

  #stories(): readonly [Story, Story, Story] {
    const { world } = this
    const { clock, print } = this.#options
    const rented = {
      nodeName: rentedNode(world),
      pool: poolName,
      alert: loadAlert,
      app: workers.name,
      minAvailable: workers.minAvailable,
    }
    const begin = clock.mono()
    const timeline = (letter: string): Timeline =>
      new Timeline({
        now: clock.now,
        say: (text) => print(`${offset(clock.mono() - begin)}  ${letter}  ${text}`),
      })
    return [
      deadlockStory({ world, timeline: timeline('a') }, 'node-2'),
      overloadStory({ world, timeline: timeline('b') }, rented),
      heldStory(
        {
          world,
          timeline: timeline('c'),
          maxConcurrent,
          print: (line) => print(`  ${line}`.trimEnd()),
          now: clock.now,
        },
        'node-6',
      ),
    ]
  }

  async #tell(stories: readonly [Story, Story, Story]): Promise<void> {
    const [deadlock, overload, held] = stories
    const ends = [
      this.world.onEvent((event) => stories.forEach((story) => story.witness(event))),
      this.world.server.onChange((change) => stories.forEach((story) => story.change(change))),
    ]
    deadlock.begin()
    await this.#options.clock.sleep(secondStoryAfterMs, this.#options.signal)
    overload.begin()
    const isBudgetSpent = (): boolean => slotsTaken(this.world).length >= maxConcurrent
    await this.#wait(isBudgetSpent, storiesWithinMs / 2)
    held.begin()
    await this.#wait(() => stories.every((story) => story.isOver()), storiesWithinMs)
    for (const end of ends) end()
  }

  #conclude(stories: readonly Story[]): boolean {
    const { print } = this.#options
    const isGood = stories.every((story) => story.problems().length === 0)
    if (!isGood) for (const warning of this.#warnings.slice(-20)) print(warning)
    for (const { letter, title, timeline, problems } of stories) {
      const found = problems()
      print('')
      print(
        `${letter}  ${title}: ${found.length === 0 ? `ended as told, ${(timeline.lengthMs / 1_000).toFixed(1)}s` : found.join('; ')}`,
      )
      for (const { atMs, text } of timeline.entries) print(`${offset(atMs)}  ${text}`)
    }
    return isGood
  }

  async #wait(holds: () => boolean, withinMs: number): Promise<boolean> {
    const { clock, signal } = this.#options
    const end = clock.mono() + withinMs
    while (!holds() && clock.mono() < end && !signal.aborted) await clock.sleep(lookEveryMs, signal)
    return holds()
  }

  #log(): Log {
    const keep = (text: string, fields?: JsonObject): void => {
      this.#warnings.push(`${text} ${fields === undefined ? '' : JSON.stringify(fields)}`)
    }
    return { info() {}, warn: keep, error: keep }
  }
}
