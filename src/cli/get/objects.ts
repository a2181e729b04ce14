import type { Kind, KubeObject } from '../../api/kind.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { approvalKind } from '../../api/v1alpha1/remediation-approval.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import type { Condition } from '../../api/v1alpha1/schema.ts'
import { durationInWords, type Instant, parseTime } from '../../kernel/time.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { type Column, type Listing, listingOf, named, orNone } from '../output/format.ts'

const conditionOf = (conditions: readonly Condition[], type: string): Condition | undefined =>
  conditions.find((condition) => condition.type === type)

export const ageOf = ({ metadata }: KubeObject, now: Instant): string => {
  const created = parseTime(metadata.creationTimestamp)
  return created === undefined ? '<unknown>' : durationInWords(now - created)
}

/** NAME first, AGE last; titles without spaces. */
async function listed<Thing extends KubeObject>(
  { cluster, now }: ListPorts,
  kind: Kind<Thing>,
  columns: readonly Column<Thing>[],
): Promise<Listing> {
  const things = (await cluster.list(kind)).toSorted((left, right) =>
    left.metadata.name < right.metadata.name ? -1 : 1,
  )
  const all: readonly Column<Thing>[] = [
    { title: 'NAME', cell: ({ metadata }) => metadata.name },
    ...columns,
    { title: 'AGE', cell: (thing) => ageOf(thing, now) },
  ]
  return listingOf(
    kind,
    all,
    things.map((thing) => ({ name: thing.metadata.name, row: thing, object: named(kind, thing) })),
  )
}

export interface ListPorts {
  readonly cluster: Cluster
  readonly now: Instant
}

export const listRuns = async (ports: ListPorts): Promise<Listing> =>
  await listed(ports, runKind, [
    { title: 'NODE', cell: ({ spec }) => orNone(spec?.node.name) },
    { title: 'TREATMENT', cell: ({ status }) => orNone(status.treatment) },
    { title: 'STEP', cell: ({ status }) => status.step?.name ?? 'Approving' },
    { title: 'STATUS', cell: ({ status }) => orNone(conditionOf(status.conditions, 'Succeeded')?.status) },
    { title: 'REASON', cell: ({ status }) => reasonOf(status.conditions) },
    { title: 'POLICY', wide: true, cell: ({ spec }) => orNone(spec?.policyName) },
    { title: 'GRADE', wide: true, cell: ({ status }) => orNone(status.grade?.verdict) },
    { title: 'DIAGNOSIS', wide: true, cell: ({ spec }) => orNone(spec?.cause.diagnosis) },
    {
      title: 'DRAINED',
      wide: true,
      cell: ({ status: { drain } }) => (drain === undefined ? '<none>' : `${drain.gone}/${drain.total}`),
    },
  ])

/** What is waited for, or how it ended. */
function reasonOf(conditions: readonly Condition[]): string {
  const held = conditionOf(conditions, 'Held')
  if (held?.status === 'True') return held.reason
  return orNone((conditionOf(conditions, 'Succeeded') ?? conditionOf(conditions, 'Planned'))?.reason)
}

export const listPolicies = async (ports: ListPorts): Promise<Listing> =>
  await listed(ports, policyKind, [
    { title: 'MODE', cell: ({ spec }) => orNone(spec?.mode) },
    { title: 'READY', cell: ({ status }) => orNone(conditionOf(status.conditions, 'Ready')?.status) },
    { title: 'NODES', cell: ({ status }) => String(status.nodes ?? '<unknown>') },
    { title: 'UNHEALTHY', cell: ({ status }) => String(status.unhealthy ?? '<unknown>') },
    { title: 'HELD', cell: ({ status }) => String(status.held ?? '<unknown>') },
    { title: 'ALLOWED', cell: ({ status }) => orNone(conditionOf(status.conditions, 'RemediationAllowed')?.status) },
    { title: 'REASON', cell: ({ status }) => orNone(conditionOf(status.conditions, 'RemediationAllowed')?.reason) },
    { title: 'PRIORITY', wide: true, cell: ({ spec }) => String(spec?.priority ?? '<unknown>') },
    { title: 'MAX', wide: true, cell: ({ spec }) => String(spec?.limits.maxConcurrent ?? '<unknown>') },
  ])

export const listPauses = async (ports: ListPorts): Promise<Listing> =>
  await listed(ports, pauseKind, [
    { title: 'SCOPE', cell: ({ spec }) => scopeOf(spec?.scope) },
    { title: 'TARGET', cell: ({ spec }) => orNone(spec?.scope.policyName ?? spec?.scope.nodeName) },
    { title: 'UNTIL', cell: ({ spec }) => orNone(spec?.until) },
    { title: 'REASON', cell: ({ spec }) => orNone(spec?.reason) },
  ])

function scopeOf(
  scope: { readonly policyName?: string | undefined; readonly nodeName?: string | undefined } | undefined,
): string {
  if (scope?.policyName !== undefined) return 'Policy'
  return scope?.nodeName === undefined ? 'Everything' : 'Node'
}

export const listApprovals = async (ports: ListPorts): Promise<Listing> =>
  await listed(ports, approvalKind, [
    { title: 'RUN', cell: ({ spec }) => orNone(spec?.runName) },
    { title: 'DECISION', cell: ({ spec }) => orNone(spec?.decision) },
    { title: 'BY', cell: ({ spec }) => orNone(spec?.approver) },
    { title: 'PLAN', wide: true, cell: ({ spec }) => orNone(spec?.planHash) },
    { title: 'REASON', wide: true, cell: ({ spec }) => orNone(spec?.reason) },
  ])
