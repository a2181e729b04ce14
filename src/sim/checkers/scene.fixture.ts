import { customResourceDefinition } from '../../api/crd/custom-resource-definition.ts'
import { definitions } from '../../api/crd/definitions.ts'
import { emptyLedger } from '../../api/initial-objects.ts'
import type { StepRecord } from '../../api/v1alpha1/node-remediation.ts'
import { isObject, type Json, type JsonObject, textAt } from '../../kernel/json.ts'
import { type Instant, rfc3339, seconds } from '../../kernel/time.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import { WorldClient } from '../api-server/world-client.ts'
import { Loop } from '../loop.ts'
import type { PolicyPlan } from '../plan/plan.ts'
import { policyName, simGuard, simPolicies } from '../simulation/policy.ts'
import { someProcess } from '../weather/process.fixture.ts'
import type { Process } from '../weather/process.ts'
import type { ProcessEvent } from '../weather/process-event.ts'
import type { WorldEvent } from '../world/events.ts'
import { World } from '../world/world.ts'
import { type Checker, type Happening, type OperatorReplica, Truth } from './checker.ts'

const user = 'operator'
const runs = 'noderemediations.prunella.dev'

const ordinary: PolicyPlan = {
  mode: 'Automatic',
  maxConcurrent: 1,
  maxPerHour: 2,
  maxUnhealthyPercent: 60,
  attemptsMax: 1,
  pacePercent: 100,
}

/** What an operator may do to the world while one checker looks on. */
export class Scene {
  readonly loop = new Loop()
  readonly world: World
  readonly truth: Truth
  process: Process
  readonly complaints: string[] = []
  readonly operator: WorldClient
  /** None, until a test says otherwise. */
  replicas: readonly OperatorReplica[] = []
  readonly #checker: Checker

  constructor(checker: Checker, policy: Partial<PolicyPlan> = {}) {
    const plan = { ...ordinary, ...policy }
    this.#checker = checker
    const manifests = [...definitions.map(customResourceDefinition), emptyLedger, simGuard(plan), ...simPolicies(plan)]
    this.world = new World({ timers: this.loop, seed: 1, nodes: 3, zones: ['a', 'b', 'c'], manifests })
    this.truth = new Truth(this.world, { now: this.loop.now, user, replicas: () => this.replicas })
    this.process = someProcess(this.loop)
    this.operator = new WorldClient(this.world.server, user)
    this.world.server.onChange((change) => this.#show({ kind: 'Changed', change }))
    this.world.onEvent((event) => this.#show({ kind: 'World', event }))
  }

  /** From now on another one sends, which has seen nothing yet. */
  newProcess(): void {
    this.process = someProcess(this.loop)
  }

  async pass(ms: number): Promise<void> {
    await this.loop.runFor(ms)
  }

  happens(event: WorldEvent): void {
    this.#show({ kind: 'World', event })
  }

  befalls(event: ProcessEvent): void {
    this.#show({ kind: 'Process', event })
  }

  /** The request is served for real; the checker sees what it changed, and then the request itself. */
  send(method: TransportRequest['method'], path: string, asked: Asked = {}): void {
    const { body, sentAt = this.loop.now(), answer, query = {} } = asked
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const content = body === undefined ? {} : { body }
    const request = {
      method,
      path,
      query,
      headers: { 'content-type': type },
      timeoutMs: 1_000,
      lane: 'Request',
      ...content,
    } as const
    const response = answer ?? this.world.server.handle({ ...request, user })
    const served = { by: this.process, number: 1, request, sentAt, status: response.status, response }
    this.#show({ kind: 'Served', served })
  }

  /** A run on a node, at a step. Returns its UID. */
  run(name: string, node: string, step?: Partial<StepRecord>): string {
    const uid = this.#create(name, node, {})
    if (step !== undefined) this.step(name, step)
    return uid
  }

  /** One with something else in its spec. */
  runWith(spec: JsonObject, { name, node }: { readonly name: string; readonly node: string }): void {
    this.#create(name, node, spec)
  }

  /** One that is begun for another cause. */
  runFor(cause: JsonObject, { name, node }: { readonly name: string; readonly node: string }): void {
    this.#create(name, node, { cause })
  }

  /** One that acts on nothing. Returns its UID. */
  dryRun(name: string, node: string): string {
    return this.#create(name, node, { dryRun: true })
  }

  step(name: string, step: Partial<StepRecord>, status: JsonObject = {}): void {
    const record: JsonObject = { since: rfc3339(this.loop.now()), rung: 0, ...step }
    this.operator.patchStatus(runs, { name }, { status: { step: record, ...status } })
  }

  cordon(node: string, uid: string, before = 'false'): void {
    const annotations = { 'prunella.dev/cordoned-by-run': uid, 'prunella.dev/cordon-before': before }
    this.operator.patch('nodes', { name: node }, { metadata: { annotations }, spec: { unschedulable: true } })
  }

  /** As the operator does it, to the first node: with the version that it saw. */
  sendCordon(uid = 'some-run'): void {
    const resourceVersion = textAt(this.truth.node('node-1'), 'metadata', 'resourceVersion') ?? ''
    const annotations = { 'prunella.dev/cordoned-by-run': uid, 'prunella.dev/cordon-before': 'false' }
    const body = { metadata: { resourceVersion, annotations }, spec: { unschedulable: true } }
    this.send('PATCH', '/api/v1/nodes/node-1', { body })
  }

  /** Into the ledger, by the operator. */
  claim(name: string, node: string, uid: string): void {
    this.#claim(name, node, { uid, kind: 'Fault' })
  }

  claimForLoad(name: string, node: string, uid: string): void {
    this.#claim(name, node, { uid, kind: 'Load' })
  }

  #claim(name: string, node: string, { uid, kind }: { readonly uid: string; readonly kind: 'Fault' | 'Load' }): void {
    const ledger = this.world.objects.get('disruptionledgers.prunella.dev', { name: 'cluster' })
    const slots = isObject(ledger?.['spec']) && Array.isArray(ledger['spec']['slots']) ? ledger['spec']['slots'] : []
    const nodeUID = textAt(this.world.objects.get('nodes', { name: node }), 'metadata', 'uid') ?? ''
    const claimTime = rfc3339(this.loop.now())
    const slot: Json = {
      runUID: uid,
      runName: name,
      policyName,
      nodeName: node,
      nodeUID,
      class: kind,
      domains: [],
      claimTime,
    }
    this.send('PATCH', '/apis/prunella.dev/v1alpha1/disruptionledgers/cluster', {
      body: { spec: { slots: [...slots, slot] } },
    })
  }

  /** As a problem detector says it. */
  sicken(node: string, status = 'True'): void {
    const stored = this.world.objects.get('nodes', { name: node })
    const others =
      isObject(stored?.['status']) && Array.isArray(stored['status']['conditions'])
        ? stored['status']['conditions']
        : []
    const rest = others.filter((condition) => textAt(condition, 'type') !== 'KernelDeadlock')
    const said = { type: 'KernelDeadlock', status, reason: 'Said', message: 'said' }
    this.world.api.patchStatus('nodes', { name: node }, { status: { conditions: [...rest, said] } })
  }

  #create(name: string, node: string, spec: JsonObject): string {
    const uid = textAt(this.truth.node(node), 'metadata', 'uid') ?? ''
    const created = this.operator.create(runs, {
      apiVersion: 'prunella.dev/v1alpha1',
      kind: 'NodeRemediation',
      metadata: { name },
      spec: { ...specOf(node, uid, this.loop.now()), ...spec },
    })
    return textAt(created, 'metadata', 'uid') ?? ''
  }

  #show(happening: Happening): void {
    const complaint = this.#checker.judge(happening, this.truth)
    if (complaint !== undefined) this.complaints.push(`${this.#checker.invariant}: ${complaint}`)
  }
}

interface Asked {
  readonly body?: JsonObject
  readonly query?: Readonly<Record<string, string>>
  readonly sentAt?: Instant
  /** In place of the server's own. */
  readonly answer?: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: unknown
  }
}

/** A cluster whose nodes have come up. */
export async function sceneOf(checker: Checker, policy: Partial<PolicyPlan> = {}): Promise<Scene> {
  const scene = new Scene(checker, policy)
  await scene.pass(seconds(20))
  return scene
}

const deadlocked = {
  name: 'kernelDeadlock',
  nodeCondition: { type: 'KernelDeadlock', status: 'True' },
  holdSeconds: 10,
}

const specOf = (node: string, uid: string, now: Instant): JsonObject => ({
  node: { name: node, uid },
  policyName,
  cause: {
    diagnosis: 'kernel-hang',
    class: 'Fault',
    episode: '1',
    when: 'kernelDeadlock',
    signals: [deadlocked],
    message: 'it hangs',
    detectedTime: rfc3339(now),
  },
  treatments: [
    {
      name: 'reboot',
      reboot: {},
      drain: { deadlineSeconds: 60 },
      verification: { stableSeconds: 30, timeoutSeconds: 300 },
    },
    { name: 'power-cycle', powerCycle: {} },
    { name: 'waives-pods', reboot: {}, drain: { deadlineSeconds: 60, onDeadline: 'Proceed' } },
    { name: 'of-the-dead', powerCycle: {}, drain: { mode: 'SkipIfNotReady', deadlineSeconds: 600 } },
  ],
})
