import { meta } from '../../api/kind.fixture.ts'
import { healthKind, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { type NodeRemediation, runSpecSchema, runStatusSchema } from '../../api/v1alpha1/node-remediation.ts'
import { type Instant, mono, rfc3339 } from '../../kernel/time.ts'
import type { GradeView } from './grade.ts'
import { now, runSpec, sickNode, sourcesWith } from './observation.fixture.ts'

/** A rehearsal of the ordinary node that was over at `now` of the fixture. */
export const rehearsal = (status: Record<string, unknown> = {}): NodeRemediation => ({
  metadata: meta('nr-dry'),
  spec: runSpec({ dryRun: true }),
  status: runStatusSchema.parse({
    step: { name: 'Done', since: rfc3339(now), outcome: 'WouldHaveActed', bootID: 'boot-1' },
    completionTime: rfc3339(now),
    ...status,
  }),
  problem: undefined,
})

/** A run of ours that takes the node on at that moment. */
export const realRun = (startedAt: Instant): NodeRemediation => ({
  ...rehearsal({ step: { name: 'Draining', since: rfc3339(startedAt) }, startTime: rfc3339(startedAt) }),
  metadata: meta('nr-real'),
  spec: runSpecSchema.parse({ ...runSpec(), dryRun: false }),
})

export const diagnosed = (name: string, episode: string): NodeHealth =>
  healthKind.project({
    metadata: { name: 'node-1' },
    spec: { node: { name: 'node-1', uid: 'node-1-uid' }, policyName: 'general' },
    status: {
      diagnosis: { name, class: 'Fault', urgency: 'Immediate', since: rfc3339(now), episode, message: 'it hangs' },
    },
  })

/** The ordinary case: the node is as sick as it was. */
export const gradeView = (at: Instant, unusual: Partial<GradeView> = {}): GradeView => ({
  now: at,
  nowAtLeast: at,
  mono: mono(at - now),
  run: rehearsal(),
  node: sickNode(),
  sources: sourcesWith(),
  health: diagnosed('kernel-hang', 'e1'),
  runs: [],
  pauses: [],
  hasPolicy: true,
  isDisturbed: false,
  wellSince: undefined,
  ...unusual,
})
