import { runFinalizer } from '../../api/annotations.ts'
import { leaseKind } from '../../api/core/kinds.ts'
import { nodeKind } from '../../api/core/node.ts'
import { podKind } from '../../api/core/pod.ts'
import { allowedServices } from '../../api/node-services.ts'
import { type NodeRemediation, type RunSpec, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { budgetsOf } from '../../domain/drain/pod-budgets.ts'
import { loadSignalOf } from '../../domain/remediation/load.ts'
import type { NodeSeen, Observation, RunSeen } from '../../domain/remediation/observation.ts'
import type { RunSurroundings } from '../../domain/remediation/other-actors.ts'
import { rungOf, type Step, stepOf } from '../../domain/remediation/step.ts'
import type { ClaimsSeen, PowerSeen } from '../../domain/surroundings/provider-ready.ts'
import { type Instant, instant, type Mono, parseTime } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { ConflictError, RefusedError } from '../../ports/errors.ts'
import { readPower } from '../node-power.ts'
import { eldersOf } from '../surroundings.ts'
import { together } from '../together.ts'
import type { Refusals } from './act.ts'
import type { RemediationPorts } from './ports.ts'
import { readClaims } from './read-claims.ts'
import { readNodeJobs } from './read-node-jobs.ts'
import { readRoom } from './read-room.ts'

export interface Seen {
  readonly run: NodeRemediation
  readonly observation: Observation
  /** When the reads began that license what follows, on our monotonic clock. */
  readonly readAt: Mono
}

/** Beyond this the run is read once more: a person may have cancelled it while a BMC took its time. */
const slowMs = 1_000

/**
 * All reads are live, for they license what follows, but those of the pauses: see `beforeBeginning`. Some come one after the other, so
 * that they may disagree, and decide is ready for that. Undefined: the run is gone, or over and let go. Rejects with RefusedError
 * where what is stored makes no sense: nothing acts on that.
 */
export async function observe(ports: RemediationPorts, name: string, refusals: Refusals): Promise<Seen | undefined> {
  const { reader, clock } = ports
  const run = await reader.get(runKind, { name })
  if (run === undefined || isLetGo(run)) return undefined
  if (run.spec === undefined) throw unreadable(ports, run, run.problem ?? 'its spec does not fit')
  if (run.statusProblem !== undefined) throw unreadable(ports, run, run.statusProblem)
  const createdAt = parseTime(run.metadata.creationTimestamp) ?? instant(0)
  const step = stepOf(run.status.step, createdAt)
  if (step === undefined)
    throw unreadable(ports, run, `its status.step does not fit: ${JSON.stringify(run.status.step)}`)
  const { spec } = run
  if (spec.treatments[rungOf(step)] === undefined)
    throw unreadable(ports, run, `its ladder has no rung ${rungOf(step)}`)
  const askedAt = clock.mono()
  const asked = await askOthers(ports, spec, step)
  const isSlow = clock.mono() - askedAt > slowMs
  const readAt = isSlow ? clock.mono() : askedAt
  if (isSlow) await mustStandAsRead(reader, run)
  const [nodeFacts, room, jobs, claims, around] = await together([
    readNode(reader, spec, step),
    readRoom(ports, run, step),
    readNodeJobs(ports, { spec, uid: run.metadata.uid }, step),
    claimsFor(ports, { spec, createdAt }, step),
    aroundFor(ports, run, step),
  ])
  const observation: Observation = {
    ...ownView(ports, run, nodeFacts.leaseRenewTime),
    run: runSeen(run, spec, createdAt),
    generation: run.metadata.generation,
    step,
    ...asked,
    ...nodeFacts,
    ...room,
    ...jobs,
    services: allowedServices(ports.config.nodeServices),
    claims,
    around,
    refusals: refusalsAt(refusals, clock.mono()),
    budgets: budgetsFor(ports, nodeFacts.pods, step),
    pauses: ports.shared.pauses(),
    shared: sharedFor(ports, spec.policyName),
  }
  return { run, observation, readAt }
}

/** All that are kept for people to read are shown anew by every list, and the rest of the look would be as many reads again. */
const isLetGo = ({ metadata, status }: NodeRemediation): boolean =>
  status.step?.name === 'Done' && !metadata.finalizers.includes(runFinalizer)

/**
 * The same with the pauses read live. They come last, and only before something is begun: a consistent list of a kind that hardly ever
 * changes makes the API server wait for etcd's word, up to a tenth of a second.
 */
export const beforeBeginning = async ({ reader }: RemediationPorts, { observation, ...seen }: Seen): Promise<Seen> => ({
  ...seen,
  observation: { ...observation, pauses: await reader.list(pauseKind) },
})

/** Others than the API server may take their time, so they are asked first. */
const askOthers = async (
  ports: RemediationPorts,
  spec: RunSpec,
  step: Step,
): Promise<Pick<Observation, 'power' | 'sources'>> => ({
  power: await powerFor(ports, spec, step),
  sources: await ports.sources.fresh(spec.node.name, [...spec.cause.signals, ...loadSignals(spec, step)]),
})

/** Only those that an eviction of one of these pods would ask. */
function budgetsFor({ budgets }: RemediationPorts, pods: Observation['pods'], step: Step): Observation['budgets'] {
  if (step.name === 'Verifying') return { budgets: [], unread: {} }
  const seen = budgets.of(new Set(pods.map(({ metadata }) => metadata.namespace)))
  const asked = new Set(pods.flatMap((pod) => budgetsOf(pod, seen.budgets)))
  return { ...seen, budgets: [...asked] }
}

type OwnView = 'now' | 'nowAtLeast' | 'mono' | 'watched' | 'frozen' | 'missingRight' | 'leaseMovedMs' | 'ordered'

/** What this process knows of itself and of its own time with the run. */
function ownView(
  { clock, sightings, disturbances, missingRight }: RemediationPorts,
  run: NodeRemediation,
  leaseRenewTime: string | undefined,
): Pick<Observation, OwnView> {
  const at = clock.mono()
  const { uid } = run.metadata
  sightings.note(run, at)
  return {
    now: clock.now(),
    nowAtLeast: clock.nowAtLeast(),
    mono: at,
    watched: sightings.watched(uid, { now: at, disturbedAt: disturbances.last()?.at }),
    frozen: disturbances.frozen(),
    missingRight: missingRight(),
    leaseMovedMs: sightings.leaseMovedMs(uid, leaseRenewTime, at),
    ordered: sightings.lastOrder(uid, at),
  }
}

const runSeen = ({ metadata, status }: NodeRemediation, spec: RunSpec, createdAt: Instant): RunSeen => ({
  name: metadata.name,
  uid: metadata.uid,
  createdAt,
  terminating: metadata.deletionTimestamp !== undefined,
  hasFinalizer: metadata.finalizers.includes(runFinalizer),
  spec,
  drain: status.drain,
})

const refusalsAt = (refusals: Refusals, now: Mono): Observation['refusals'] =>
  Object.fromEntries([...refusals].map(([uid, { at, ...said }]) => [uid, { ...said, agoMs: now - at }]))

export function sharedFor({ shared }: Pick<RemediationPorts, 'shared'>, policyName: string): Observation['shared'] {
  const [policy, guard] = [shared.policy(policyName), shared.guard()]
  if (policy === undefined || guard === undefined) return undefined
  const figures = shared.figures(policyName)
  return { policyName, policy, guard: guard.spec, ledgerUID: guard.ledgerUID, figures }
}

async function mustStandAsRead(reader: ClusterReader, { metadata }: NodeRemediation): Promise<void> {
  const { name, resourceVersion } = metadata
  const current = await reader.get(runKind, { name })
  if (current?.metadata.resourceVersion !== resourceVersion)
    throw new ConflictError(`run ${name} has changed while others were asked`)
}

/** Another release wrote it, or somebody by hand: it is told by name, and left as it is. */
function unreadable({ events }: RemediationPorts, run: NodeRemediation, why: string): RefusedError {
  const note = `RunUnreadable: ${why}`
  events.record({
    regarding: { kind: runKind, object: run },
    type: 'Warning',
    reason: 'RemediationHeld',
    note,
    action: 'Hold',
  })
  return new RefusedError(`run ${run.metadata.name} cannot be read: ${why}`, { status: 422, reason: 'RunUnreadable' })
}

/** The load that a rung is to bring down. */
function loadSignals({ treatments, dryRun }: RunSpec, step: Step): readonly Signal[] {
  const treatment = treatments[rungOf(step)]
  const signal = treatment && loadSignalOf(treatment)
  const asks = dryRun || stepsThatAsk.includes(step.name)
  return asks && signal !== undefined ? [signal] : []
}

type NodeFacts = Pick<Observation, 'node' | 'leaseRenewTime' | 'pods'>

async function readNode(
  reader: ClusterReader,
  { node: { name, uid }, dryRun, treatments }: RunSpec,
  step: Step,
): Promise<NodeFacts> {
  const found = await reader.get(nodeKind, { name })
  const node: NodeSeen =
    found === undefined
      ? { kind: 'Gone' }
      : found.metadata.uid === uid
        ? { kind: 'Present', node: found }
        : { kind: 'Recreated' }
  if (node.kind !== 'Present') return { node, leaseRenewTime: undefined, pods: [] }
  const relieves = step.name === 'Treating' && treatments[step.rung]?.relieve !== undefined
  const needsPods = dryRun || relieves || step.name === 'Draining' || step.name === 'Verifying'
  const [lease, pods] = await together([
    reader.get(leaseKind, { namespace: 'kube-node-lease', name }),
    needsPods ? reader.list(podKind, { fieldSelector: `spec.nodeName=${name}` }) : [],
  ])
  return { node, leaseRenewTime: lease?.renewTime, pods }
}

/** What a step does not ask for is not read: in bad weather every request is one more that may fail. */
const stepsThatAsk: readonly Step['name'][] = ['Claiming', 'Draining', 'Treating']

async function powerFor(
  ports: RemediationPorts,
  { treatments, node, dryRun }: RunSpec,
  step: Step,
): Promise<PowerSeen> {
  const asks = (dryRun || stepsThatAsk.includes(step.name)) && treatments[rungOf(step)]?.powerCycle !== undefined
  if (!asks) return { kind: 'NotAsked' }
  return await readPower({ reader: ports.reader, namespace: ports.config.namespace }, ports.power, node.name)
}

/** Wherever a pod or the node may be touched next, others are looked for in live reads. */
const stepsThatTouch: readonly Step['name'][] = ['Claiming', 'Cordoning', 'Draining', 'Treating']

async function aroundFor(
  { neighbours, surroundings, runs, nodes }: RemediationPorts,
  run: NodeRemediation,
  step: Step,
): Promise<RunSurroundings> {
  const nodeName = run.spec?.node.name ?? ''
  const isPlan = run.spec?.dryRun === true
  const touches = stepsThatTouch.includes(step.name) && !isPlan
  const isAskedAsStart = isPlan || (run.spec?.requestedBy !== undefined && step.name === 'Claiming' && !step.attempted)
  const node = isAskedAsStart ? nodes.get({ name: nodeName }) : undefined
  return {
    actors: touches ? await neighbours.fresh(nodeName) : neighbours.seen(nodeName),
    elders: eldersOf(run, runs.byIndex('node', nodeName)),
    vital: surroundings.vital(nodeName),
    whole: node === undefined ? undefined : surroundings.of(node),
  }
}

async function claimsFor(
  { reader, neighbours }: RemediationPorts,
  { spec, createdAt }: Claiming,
  step: Step,
): Promise<ClaimsSeen> {
  const { treatments, dryRun, node } = spec
  const asks = (dryRun || stepsThatAsk.includes(step.name)) && treatments[rungOf(step)]?.replace !== undefined
  if (!asks) return { kind: 'NotAsked' }
  return await readClaims(reader, { step, createdAt, cached: neighbours.seen(node.name).claims })
}

interface Claiming {
  readonly spec: RunSpec
  readonly createdAt: Instant
}
