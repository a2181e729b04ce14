import { setTimeout as sleep } from 'node:timers/promises'
import { serveHttp } from '../../../src/adapters/serve-http/serve-http.ts'
import { defaultNamespace } from '../../../src/api/annotations.ts'
import { customResourceDefinition } from '../../../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../../../src/api/crd/definitions.ts'
import { emptyLedger } from '../../../src/api/initial-objects.ts'
import { ledgerName } from '../../../src/api/v1alpha1/disruption-ledger.ts'
import { flagAt, type JsonObject, listAt, numberAt, textAt } from '../../../src/kernel/json.ts'
import { instant, rfc3339, rfc3339Micro } from '../../../src/kernel/time.ts'
import type { Change } from '../../../src/sim/api-server/api-request.ts'
import { ApiServer } from '../../../src/sim/api-server/api-server.ts'
import { inProcessTransport } from '../../../src/sim/api-server/in-process-transport.ts'
import { WorldClient } from '../../../src/sim/api-server/world-client.ts'
import { benchGuard, benchPolicy, type Limits } from './bench-policy.ts'
import { answerParent } from './conversation.ts'
import {
  conditionOf,
  generatedLease,
  generatedNode,
  namespaces,
  nodeNameOf,
  podsOf,
  sickConditions,
} from './generated-cluster.ts'
import { RequestTally } from './request-tally.ts'

/** An embedded cluster over HTTP, and what happens in it. Moments are taken where they are committed, by one clock. */
const now = (): number => performance.now()
const server = new ApiServer({ now: () => instant(Date.now()) })
const world = new WorldClient(server)
const tally = new RequestTally()
const operatorUser = `system:serviceaccount:${defaultNamespace}:prunella`
/** When, and how much the operator had written by then. */
const cordoned = new Map<string, { readonly at: number; readonly writes: number }>()
let evicted = 0
let nodes = 0
/** Nodes from here on are untouched. */
let cursor = 0
let renewing: NodeJS.Timeout | undefined

async function serve(question: JsonObject): Promise<JsonObject> {
  nodes = numberAt(question, 'nodes') ?? 0
  const pods = numberAt(question, 'pods') ?? 0
  const begunAt = now()
  install(flagAt(question, 'lifted') ? 'Lifted' : 'Ordinary')
  for (let index = 0; index < nodes; index += 1) {
    server.restore('nodes', generatedNode(index))
    server.restore('leases.coordination.k8s.io', generatedLease(index))
  }
  const podAt = podsOf(nodes)
  for (let index = 0; index < pods; index += 1) server.restore('pods', podAt(index))
  server.onChange(observe)
  setInterval(() => server.bookmark(), 30_000)
  const { url } = await serveHttp(tally.counting(inProcessTransport(server, operatorUser)))
  return { url, filledMs: now() - begunAt, rssBytes: process.memoryUsage.rss() }
}

function install(limits: Limits): void {
  for (const definition of definitions) world.create(crds, customResourceDefinition(definition))
  for (const name of [defaultNamespace, ...namespaces]) world.create('namespaces', { metadata: { name } })
  world.create('disruptionledgers.prunella.dev', emptyLedger)
  world.create('remediationguards.prunella.dev', benchGuard(limits))
  world.create('noderemediationpolicies.prunella.dev', benchPolicy(limits))
}

const crds = 'customresourcedefinitions.apiextensions.k8s.io'

function observe({ type, plural, object, request }: Change): void {
  const name = textAt(object, 'metadata', 'name') ?? ''
  if (plural === 'nodes' && flagAt(object, 'spec', 'unschedulable') && !cordoned.has(name))
    cordoned.set(name, { at: now(), writes: tally.serialWrites })
  if (plural !== 'pods' || type !== 'MODIFIED' || textAt(object, 'metadata', 'deletionTimestamp') === undefined) return
  if (request.subresource === 'eviction') evicted += 1
  // As a kubelet whose containers end at once.
  const namespace = textAt(object, 'metadata', 'namespace') ?? ''
  setImmediate(() => world.delete('pods', { namespace, name }, { gracePeriodSeconds: 0 }))
}

/** Renews leases of nodes, one after the other, so many a second; with 0 it ends. */
async function renew(question: JsonObject): Promise<JsonObject> {
  clearInterval(renewing)
  const perSecond = numberAt(question, 'perSecond') ?? 0
  if (perSecond > 0)
    renewing = oneByOne(perSecond, (name) => {
      const renewTime = rfc3339Micro(instant(Date.now()))
      world.patch('leases.coordination.k8s.io', { namespace: 'kube-node-lease', name }, { spec: { renewTime } })
    })
  return await Promise.resolve({})
}

/** Every kubelet says again that its node is well, so many a second for so long. */
async function updates(question: JsonObject): Promise<JsonObject> {
  let updated = 0
  const begunAt = now()
  const updating = oneByOne(numberAt(question, 'perSecond') ?? 0, (name) => {
    report([name])
    updated += 1
  })
  await sleep(numberAt(question, 'ms') ?? 0)
  clearInterval(updating)
  return { updatesPerSecond: (updated * 1_000) / (now() - begunAt) }
}

/** What is late because this process had no time is made up for. */
function oneByOne(perSecond: number, visit: (nodeName: string) => void): NodeJS.Timeout {
  let [due, index, last] = [0, 0, now()]
  return setInterval(() => {
    due += ((now() - last) * perSecond) / 1_000
    last = now()
    for (; due >= 1; due -= 1) {
      visit(nodeNameOf(index))
      index = (index + 1) % nodes
    }
  }, 10)
}

/** A node falls sick, and the next one some time after its cordon. */
async function latencies(question: JsonObject): Promise<JsonObject> {
  const [count, pauseMs] = [numberAt(question, 'count') ?? 0, numberAt(question, 'pauseMs') ?? 0]
  const took: number[] = []
  const writes: number[] = []
  for (const name of untouched(count)) {
    const [before, sickAt] = [tally.serialWrites, now()]
    strike([name], sickConditions.kept)
    await until(() => cordoned.has(name), patienceMs)
    const cordon = cordoned.get(name)
    took.push((cordon?.at ?? Number.POSITIVE_INFINITY) - sickAt)
    writes.push((cordon?.writes ?? Number.POSITIVE_INFINITY) - before)
    await sleep(pauseMs)
  }
  return { took, writes }
}

const patienceMs = 600_000

/** Many fall sick in one moment. Resolves when the last of them is cordoned. */
async function cordons(question: JsonObject): Promise<JsonObject> {
  forgetStarts()
  const names = untouched(numberAt(question, 'count') ?? 0)
  const [sickAt, before] = [now(), tally.writes]
  strike(names, sickConditions.kept)
  await until(() => names.every((name) => cordoned.has(name)), patienceMs)
  const done = names.filter((name) => cordoned.has(name))
  return { tookMs: now() - sickAt, cordoned: done.length, writes: tally.writes - before }
}

/** Nodes that have to be emptied. Resolves when the last pod of theirs is evicted. */
async function evictions(question: JsonObject): Promise<JsonObject> {
  forgetStarts()
  const names = new Set(untouched(numberAt(question, 'nodes') ?? 0))
  const wanted = server.stored('pods').filter((pod) => names.has(textAt(pod, 'spec', 'nodeName') ?? '')).length
  evicted = 0
  const sickAt = now()
  strike([...names], sickConditions.emptied)
  await until(() => evicted >= wanted, patienceMs)
  return { tookMs: now() - sickAt, evicted, wanted }
}

/** A storm under ordinary limits, until nobody writes any more; and its end. */
async function storm(question: JsonObject): Promise<JsonObject> {
  const names = untouched(numberAt(question, 'count') ?? 0)
  tally.take()
  const before = tally.writes
  strike(names, sickConditions.kept)
  await until(() => tally.writes > before && tally.quietForMs > calmMs, patienceMs)
  const rising = tally.writes - before
  report(names)
  await sleep(calmMs)
  await until(() => tally.quietForMs > calmMs, patienceMs)
  return { rising, falling: tally.writes - before - rising, requests: tally.take() }
}

const calmMs = 5_000

/** What the operator asks while nothing happens. */
async function idle(question: JsonObject): Promise<JsonObject> {
  const ms = numberAt(question, 'ms') ?? 0
  await until(() => tally.quietForMs > calmMs, patienceMs)
  tally.take()
  await sleep(ms)
  return { ms, requests: tally.take() }
}

const untouched = (count: number): readonly string[] => {
  const names = Array.from({ length: count }, (_, index) => nodeNameOf(cursor + index))
  cursor += count
  if (cursor > nodes) throw new Error(`${nodes} nodes are too few for this bench`)
  return names
}

const strike = (names: readonly string[], type: string): void => report(names, { [type]: 'True' })

/** As the kubelets of these nodes. */
function report(names: readonly string[], status: Readonly<Record<string, 'True'>> = {}): void {
  const time = rfc3339(instant(Date.now())).replace(/\.\d+Z$/, 'Z')
  for (const name of names) {
    const known = listAt(world.get('nodes', { name }), 'status', 'conditions')
    const types = known.map((condition) => textAt(condition, 'type') ?? '')
    const conditions = types.map((type) =>
      conditionOf(type, type === 'Ready' ? 'True' : (status[type] ?? 'False'), time),
    )
    world.patchStatus('nodes', { name }, { status: { conditions } })
  }
}

/** The ledger remembers a thousand starts an hour at most, and the policy allows no more: each phase has its own hour. */
function forgetStarts(): void {
  world.patch('disruptionledgers.prunella.dev', { name: ledgerName }, { spec: { starts: null } })
}

async function until(holds: () => boolean, ms: number): Promise<void> {
  const over = now() + ms
  while (!holds() && now() < over) await sleep(2)
}

answerParent({ serve, renew, updates, latencies, cordons, evictions, storm, idle })
