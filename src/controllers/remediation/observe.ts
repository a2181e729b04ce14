import { runFinalizer } from '../../api/annotations.ts'
import { jobKind, leaseKind, nodeClaimKind } from '../../api/core/kinds.ts'
import { nodeKind, readyStatus } from '../../api/core/node.ts'
import { podKind } from '../../api/core/pod.ts'
import { type NodeRemediation, type RunSpec, runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { JobSeen, NodeSeen, Observation } from '../../domain/remediation/observation.ts'
import { rebootJobName } from '../../domain/remediation/reboot.ts'
import { rungOf, type Step, stepOf } from '../../domain/remediation/step.ts'
import type { ClaimsSeen, PowerSeen } from '../../domain/surroundings/provider-ready.ts'
import { instant, type Mono, parseTime } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { ConflictError, RefusedError } from '../../ports/errors.ts'
import { readPower } from '../node-power.ts'
import { readLedger } from '../read-ledger.ts'
import type { Refusals } from './act.ts'
import type { RemediationPorts } from './ports.ts'

export interface Seen {
  readonly run: NodeRemediation
  readonly observation: Observation
  /** When the reads began that license what follows, on our monotonic clock. */
  readonly readAt: Mono
}

/** Beyond this the run is read once more: a person may have cancelled it while a BMC took its time. */
const slowMs = 1_000

/**
 * All reads are live, for they license what follows; they come one after the other, so that they may disagree, and decide is
 * ready for that. Undefined: the run is gone. Rejects with RefusedError where what is stored makes no sense: nothing acts on that.
 */
export async function observe(ports: RemediationPorts, name: string, refusals: Refusals): Promise<Seen | undefined> {
  const { reader, clock, shared, sightings, disturbances } = ports
  const run = await reader.get(runKind, { name })
  if (run === undefined) return undefined
  if (run.spec === undefined) throw unreadable(name, run.problem ?? 'its spec does not fit')
  const createdAt = parseTime(run.metadata.creationTimestamp) ?? instant(0)
  const step = stepOf(run.status.step, createdAt)
  if (step === undefined) throw unreadable(name, `its status.step does not fit: ${JSON.stringify(run.status.step)}`)
  const { spec } = run
  const askedAt = clock.mono()
  // Others than the API server may take their time, so they are asked first.
  const asked = {
    power: await powerFor(ports, spec, step),
    alerts: spec.cause.signals.some(({ alert }) => alert !== undefined)
      ? await ports.alerts.fresh()
      : ports.alerts.seen(),
  }
  const isSlow = clock.mono() - askedAt > slowMs
  const readAt = isSlow ? clock.mono() : askedAt
  if (isSlow) await mustStandAsRead(reader, run)
  const facts = {
    ...asked,
    ...(await readNode(reader, spec, step)),
    ledger: await readLedger(reader),
    // A dry run orders nothing, and in Observe nobody may even ask.
    job: spec.dryRun ? undefined : await readJob(ports, run.metadata.uid),
    claims: await claimsFor(reader, spec, step),
  }
  const at = clock.mono()
  sightings.note(run, at)
  const policy = shared.policy(spec.policyName)
  const guard = shared.guard()
  const observation: Observation = {
    now: clock.now(),
    nowAtLeast: clock.nowAtLeast(),
    watched: sightings.watched(run.metadata.uid, { now: at, disturbedAt: disturbances.last()?.at }),
    frozen: disturbances.frozen(),
    missingRight: ports.missingRight(),
    leaseMovedMs: sightings.leaseMovedMs(run.metadata.uid, facts.leaseRenewTime, at),
    run: {
      name,
      uid: run.metadata.uid,
      createdAt,
      terminating: run.metadata.deletionTimestamp !== undefined,
      hasFinalizer: run.metadata.finalizers.includes(runFinalizer),
      spec,
      drain: run.status.drain,
    },
    generation: run.metadata.generation,
    step,
    ...facts,
    refusals: Object.fromEntries(
      [...refusals].map(([uid, { at: saidAt, ...said }]) => [uid, { ...said, agoMs: at - saidAt }]),
    ),
    pauses: shared.pauses(),
    shared:
      policy === undefined || guard === undefined
        ? undefined
        : {
            policyName: spec.policyName,
            policy,
            guard: guard.spec,
            ledgerUID: guard.ledgerUID,
            figures: shared.figures(spec.policyName),
          },
  }
  return { run, observation, readAt }
}

async function mustStandAsRead(reader: ClusterReader, { metadata }: NodeRemediation): Promise<void> {
  const { name, resourceVersion } = metadata
  const current = await reader.get(runKind, { name })
  if (current?.metadata.resourceVersion !== resourceVersion)
    throw new ConflictError(`run ${name} has changed while others were asked`)
}

const unreadable = (name: string, why: string): RefusedError =>
  new RefusedError(`run ${name} cannot be read: ${why}`, { status: 422, reason: 'RunUnreadable' })

type NodeFacts = Pick<Observation, 'node' | 'leaseRenewTime' | 'pods'>

async function readNode(
  reader: ClusterReader,
  { node: { name, uid }, dryRun }: RunSpec,
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
  const lease = await reader.get(leaseKind, { namespace: 'kube-node-lease', name })
  const needsPods = dryRun || step.name === 'Draining' || step.name === 'Verifying'
  const pods = needsPods ? await reader.list(podKind, { fieldSelector: `spec.nodeName=${name}` }) : []
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

async function readJob({ reader, config }: RemediationPorts, runUID: string): Promise<JobSeen | undefined> {
  const name = rebootJobName(runUID)
  const job = await reader.get(jobKind, { namespace: config.namespace, name })
  if (job === undefined) return undefined
  return {
    name,
    uid: job.metadata.uid,
    failed: job.failed > 0,
    terminating: job.metadata.deletionTimestamp !== undefined,
  }
}

async function claimsFor(reader: ClusterReader, { treatments, dryRun }: RunSpec, step: Step): Promise<ClaimsSeen> {
  const asks = (dryRun || stepsThatAsk.includes(step.name)) && treatments[rungOf(step)]?.replace !== undefined
  if (!asks) return { kind: 'NotAsked' }
  try {
    const claims = await reader.list(nodeClaimKind)
    const nodes = await Promise.all(
      claims
        .filter(({ nodeName, ready }) => ready && nodeName !== '')
        .map(({ nodeName }) => reader.get(nodeKind, { name: nodeName })),
    )
    const ready = nodes.flatMap((node) =>
      node !== undefined && readyStatus(node) === 'True' ? [node.metadata.name] : [],
    )
    return { kind: 'Known', claims, readyNodes: ready.toSorted() }
  } catch (error) {
    if (error instanceof RefusedError)
      return { kind: 'Unavailable', message: `NodeClaims cannot be read: ${error.message}` }
    throw error
  }
}
