import { defaultNamespace } from '../src/api/annotations.ts'
import { customResourceDefinition } from '../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../src/api/crd/definitions.ts'
import { defaultGuard, emptyLedger } from '../src/api/initial-objects.ts'
import { type NodeRemediation, runKind } from '../src/api/v1alpha1/node-remediation.ts'
import { type Operator, type OperatorConfig, startOperator } from '../src/controllers/operator.ts'
import type { JsonObject } from '../src/kernel/json.ts'
import { httpDate, instant, minutes, parseTime, seconds } from '../src/kernel/time.ts'
import type { Transport } from '../src/ports/transport.ts'
import { FakeLog } from '../src/runtime/fake-log.fixture.ts'
import { inProcessTransport } from '../src/sim/api-server/in-process-transport.ts'
import { Loop } from '../src/sim/loop.ts'
import { MachineClock } from '../src/sim/weather/machine-clock.ts'
import { World, type WorldOptions } from '../src/sim/world/world.ts'

interface ReplicaOptions extends Pick<OperatorConfig, 'nodeName'> {
  /** How wrong its own wall is. */
  readonly skewMs?: number
}

export interface Replica {
  readonly operator: Operator
  readonly log: FakeLog
  /** Nothing goes out any more, and nothing comes back: what SIGKILL leaves of a process. */
  readonly kill: () => void
  /** SIGTERM. */
  readonly stop: () => void
  readonly leads: () => boolean
}

/** Several replicas of the real operator in one world, on virtual time, in good weather. */
export class Replicas {
  readonly loop = new Loop()
  readonly world: World
  /** How far the API server's clock has been set. */
  serverSkewMs = 0
  readonly #all: Replica[] = []

  constructor(policy: JsonObject, workloads: WorldOptions['workloads'] = []) {
    this.world = new World({
      timers: this.loop,
      seed: 1,
      nodes: 5,
      manifests: [...definitions.map(customResourceDefinition), emptyLedger, defaultGuard, policy],
      nodeLabels: { remediable: 'true' },
      workloads,
    })
  }

  async settle(): Promise<void> {
    await this.loop.runFor(minutes(2))
  }

  async start(identity: string, { skewMs = 0, nodeName }: ReplicaOptions = {}): Promise<Replica> {
    const [log, over] = [new FakeLog(), new AbortController()]
    let isDead = false
    const operator = startOperator(
      {
        clock: new MachineClock(this.loop, { skewMs, driftPpm: 0 }),
        transport: this.#transport(() => isDead),
        power: this.world.power,
        alerts: [this.world.alertmanager.alerts],
        log,
        journal: { append: () => {} },
      },
      {
        identity,
        seed: 1,
        namespace: defaultNamespace,
        nodeJobImage: 'registry.example/node-job@sha256:0',
        alertPollSeconds: 5,
        powerGuardGapSeconds: 30,
        nodeName,
      },
      over.signal,
    )
    const kill = (): void => {
      isDead = true
    }
    const leads = (): boolean => !isDead && operator.leadership.remainingMs() > 0
    const replica = { operator, log, kill, leads, stop: () => over.abort() }
    this.#all.push(replica)
    await this.loop.runFor(seconds(5))
    return replica
  }

  async stop(): Promise<void> {
    for (const { stop } of this.#all) stop()
    await this.loop.runFor(minutes(1))
  }

  get runs(): readonly NodeRemediation[] {
    return this.world.objects.all('noderemediations.prunella.dev').map(runKind.project)
  }

  /** As the world obeyed them. */
  get powerCommands(): readonly string[] {
    return this.world.bmcNetwork.log.map(({ command }) => command).filter((command) => command !== 'Read')
  }

  #transport(isDead: () => boolean): Transport {
    const inner = inProcessTransport(this.world.server)
    const never = async <Answer>(): Promise<Answer> => await new Promise(() => {})
    return {
      request: async (request) => {
        if (isDead()) return await never()
        const answer = await inner.request(request)
        if (isDead()) return await never()
        const date = instant((parseTime(answer.headers['date']) ?? 0) + this.serverSkewMs)
        return { ...answer, headers: { ...answer.headers, date: httpDate(date) } }
      },
      stream: async (request, signal) => (isDead() ? await never() : await inner.stream(request, signal)),
    }
  }
}
