import { defaultNamespace } from '../src/api/annotations.ts'
import { customResourceDefinition } from '../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../src/api/crd/definitions.ts'
import { defaultGuard, emptyLedger } from '../src/api/initial-objects.ts'
import { type DisruptionLedger, ledgerKind } from '../src/api/v1alpha1/disruption-ledger.ts'
import { type NodeRemediation, runKind } from '../src/api/v1alpha1/node-remediation.ts'
import { readLadderParts } from '../src/cli/read-ladder-parts.ts'
import { startOperator } from '../src/controllers/operator.ts'
import { joinLadder, type Ladder } from '../src/domain/explain/ladder.ts'
import type { JsonObject } from '../src/kernel/json.ts'
import { minutes, seconds } from '../src/kernel/time.ts'
import type { Transport, TransportRequest } from '../src/ports/transport.ts'
import { clusterOver } from '../src/runtime/client.ts'
import { FakeLog } from '../src/runtime/fake-log.fixture.ts'
import { inProcessTransport } from '../src/sim/api-server/in-process-transport.ts'
import { Loop } from '../src/sim/loop.ts'
import { World } from '../src/sim/world/world.ts'

/** Heals a kernel deadlock by a power cycle. Its holds and times are short. */
export const metalPolicy = (unusual: JsonObject = {}, name = 'metal'): JsonObject => ({
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 2 }],
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['power-cycle'] }],
    treatments: [
      {
        name: 'power-cycle',
        powerCycle: {},
        drain: { deadlineSeconds: 60, onDeadline: 'Proceed' },
        verification: { stableSeconds: 5, timeoutSeconds: 120 },
      },
    ],
    limits: { maxUnhealthy: '60%', minHealthy: 0 },
    ...unusual,
  },
})

/** Whether a request is forbidden to the operator. */
type Refusal = (request: TransportRequest) => boolean

const refusing = (transport: Transport, refuse: Refusal): Transport => {
  const forbidden = { status: 403, headers: {}, body: { kind: 'Status', reason: 'Forbidden', message: 'not yours' } }
  const noEvents = { async *[Symbol.asyncIterator]() {} }
  return {
    request: async (request) => (refuse(request) ? forbidden : await transport.request(request)),
    stream: async (request, signal) =>
      refuse(request) ? { ...forbidden, events: noEvents } : await transport.stream(request, signal),
  }
}

/** The real operator in a world of three nodes, on virtual time. Stop it, or its sleeps outlive the test. */
export class OperatedCluster {
  readonly loop = new Loop()
  readonly log = new FakeLog()
  readonly world: World
  readonly #over = new AbortController()
  readonly #refuse: Refusal

  constructor(
    policies: readonly JsonObject[],
    unusual: { readonly nodeLabels?: Readonly<Record<string, string>>; readonly refuse?: Refusal } = {},
  ) {
    this.#refuse = unusual.refuse ?? (() => false)
    this.world = new World({
      timers: this.loop,
      seed: 1,
      nodes: 4,
      manifests: [...definitions.map(customResourceDefinition), emptyLedger, defaultGuard, ...policies],
      nodeLabels: { remediable: 'true', ...unusual.nodeLabels },
      workloads: [{ namespace: 'shop', name: 'web', replicas: 4, cpu: '100m', budget: { minAvailable: 2 } }],
    })
  }

  async start(): Promise<void> {
    await this.loop.runFor(minutes(2))
    const operator = startOperator(
      {
        clock: this.loop.clock,
        transport: refusing(inProcessTransport(this.world.server), this.#refuse),
        power: this.world.power,
        alerts: [this.world.alertmanager.alerts],
        log: this.log,
        journal: { append: () => {} },
      },
      {
        identity: 'operator',
        seed: 1,
        namespace: defaultNamespace,
        nodeJobImage: 'registry.example/node-job@sha256:0',
        alertPollSeconds: 5,
        powerGuardGapSeconds: 11,
      },
      this.#over.signal,
    )
    void operator.done.catch((error: unknown) => this.log.error(String(error)))
    await this.loop.runFor(seconds(20))
  }

  async run(ms: number, isOver: () => boolean = () => false): Promise<void> {
    await this.loop.runFor(ms, isOver)
  }

  /** Until a run has reached the step. */
  async until(step: string): Promise<void> {
    await this.run(minutes(10), () => this.runs.some(({ status }) => status.step?.name === step))
  }

  async stop(): Promise<void> {
    this.#over.abort()
    await this.loop.runFor(minutes(1))
  }

  get runs(): readonly NodeRemediation[] {
    return this.world.objects.all('noderemediations.prunella.dev').map(runKind.project)
  }

  get ledger(): DisruptionLedger | undefined {
    return this.world.objects.all('disruptionledgers.prunella.dev').map(ledgerKind.project)[0]
  }

  /** What `prunella why` would join for this node. */
  async why(nodeName: string): Promise<Ladder> {
    const cluster = clusterOver(inProcessTransport(this.world.server))
    const reading = readLadderParts(cluster, nodeName, this.loop.now())
    await this.loop.runFor(seconds(1))
    return joinLadder(await reading)
  }

  /** What somebody left on the node. */
  marksOf(nodeName: string): readonly string[] {
    const node = this.world.objects.get('nodes', { name: nodeName })
    const annotations = Object.keys(
      ((node?.['metadata'] as JsonObject | undefined)?.['annotations'] as JsonObject) ?? {},
    )
    const cordon = (node?.['spec'] as JsonObject | undefined)?.['unschedulable'] === true ? ['unschedulable'] : []
    return [...annotations.filter((key) => key.includes('prunella.dev') || key.includes('disrupt')), ...cordon]
  }
}
