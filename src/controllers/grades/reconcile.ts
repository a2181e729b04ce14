import { type Node, nodeKind } from '../../api/core/node.ts'
import { awaitsGrade, type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type GradeAnswer, type GradeView, gradeOf } from '../../domain/remediation/grade.ts'
import type { Instant } from '../../kernel/time.ts'
import type { Result } from '../../runtime/worker.ts'
import type { GradePorts } from './ports.ts'

/** By UID of the run: since when its node is well. Not stored: a new leader sees for itself. */
export type WellSince = Map<string, Instant>

/** Our own last write is not in the cache yet. */
const catchUpMs = 50

/** One look at one rehearsal. The grade is the last thing that is ever written into it. */
export async function reconcile(ports: GradePorts, name: string, wellSince: WellSince): Promise<Result> {
  const { runs, nodes, clock } = ports
  if (!runs.isCurrent(name)) return { requeueAfterMs: catchUpMs }
  const run = runs.get({ name })
  if (run?.spec === undefined || !awaitsGrade(run)) return { requeueAfterMs: undefined }
  const nodeName = run.spec.node.name

  const answer = gradeOf(viewOf(ports, run, { node: nodes.get({ name: nodeName }), wellSince }))
  if (answer.kind === 'Pending') {
    const { uid } = run.metadata
    if (!answer.isWell) wellSince.delete(uid)
    else if (!wellSince.has(uid)) wellSince.set(uid, clock.now())
    return { requeueAfterMs: answer.wakeAfterMs }
  }
  const node = await ports.reader.get(nodeKind, { name: nodeName })
  const view = viewOf(ports, run, { node, wellSince })
  const confirmed = gradeOf(view)
  if (confirmed.kind === 'Pending') return { requeueAfterMs: confirmed.wakeAfterMs }
  await write(ports, view, confirmed)
  return { requeueAfterMs: undefined }
}

interface Looked {
  readonly node: Node | undefined
  readonly wellSince: WellSince
}

function viewOf(ports: GradePorts, run: NodeRemediation, { node, wellSince }: Looked): GradeView {
  const { clock, sources, health, runs, pauses, policies, disturbances } = ports
  const nodeName = run.spec?.node.name ?? ''
  return {
    now: clock.now(),
    nowAtLeast: clock.nowAtLeast(),
    mono: clock.mono(),
    run,
    node,
    sources: sources.seen(nodeName),
    health: health.get({ name: nodeName }),
    runs: runs.byIndex('node', nodeName),
    pauses: pauses.list(),
    hasPolicy: policies.get({ name: run.spec?.policyName ?? '' }) !== undefined,
    isDisturbed: disturbances.frozen() !== undefined,
    wellSince: wellSince.get(run.metadata.uid),
  }
}

type Graded = Extract<GradeAnswer, { readonly kind: 'Graded' }>

/** The version that was judged, or nothing: whoever else has graded it meanwhile is not overruled. */
async function write({ effects, runs, journal, log }: GradePorts, view: GradeView, { grade }: Graded): Promise<void> {
  const { name, resourceVersion } = view.run.metadata
  journal.append({ controller: 'grades', key: name, observation: view, decision: grade })
  const patch = { type: 'Merge', resourceVersion, body: { status: { grade } }, subresource: 'status' } as const
  const written = await effects.cluster.patch(runKind, { name }, patch)
  runs.wroteAt(name, written.metadata.resourceVersion)
  const { verdict, message } = grade
  log.info('Graded rehearsal', { run: name, node: view.run.spec?.node.name, verdict, because: message })
}
