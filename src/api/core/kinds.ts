import { isObject, listAt, numberAt, textAt, textMapAt } from '../../kernel/json.ts'
import { readOnce } from '../../kernel/read-once.ts'
import type { LabelSelector } from '../../kernel/selector.ts'
import { type Kind, type KubeObject, projectMeta } from '../kind.ts'

/** The other built-in kinds that we read or write, each with the few fields that we use. */

export interface Lease extends KubeObject {
  readonly holderIdentity: string
  readonly leaseDurationSeconds: number
  readonly acquireTime: string | undefined
  readonly renewTime: string | undefined
  readonly leaseTransitions: number
}

export const leaseKind: Kind<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
  project: readOnce((raw) => ({
    metadata: projectMeta(raw),
    holderIdentity: textAt(raw, 'spec', 'holderIdentity') ?? '',
    leaseDurationSeconds: numberAt(raw, 'spec', 'leaseDurationSeconds') ?? 0,
    acquireTime: textAt(raw, 'spec', 'acquireTime'),
    renewTime: textAt(raw, 'spec', 'renewTime'),
    leaseTransitions: numberAt(raw, 'spec', 'leaseTransitions') ?? 0,
  })),
}

export interface Job extends KubeObject {
  readonly active: number
  readonly succeeded: number
  readonly failed: number
}

export const jobKind: Kind<Job> = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  namespaced: true,
  project: readOnce((raw) => ({
    metadata: projectMeta(raw),
    active: numberAt(raw, 'status', 'active') ?? 0,
    succeeded: numberAt(raw, 'status', 'succeeded') ?? 0,
    failed: numberAt(raw, 'status', 'failed') ?? 0,
  })),
}

/** A pod of one of our jobs on a node: unlike others it is read for the last word of its container. */
export interface NodeJobPod extends KubeObject {
  readonly finished: boolean
  /** Whatever the node chose to write. Undefined: nothing yet. */
  readonly lastWord: string | undefined
}

export const nodeJobPodKind: Kind<NodeJobPod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  project: readOnce((raw) => ({
    metadata: projectMeta(raw),
    finished: ['Succeeded', 'Failed'].includes(textAt(raw, 'status', 'phase') ?? ''),
    lastWord: textAt(listAt(raw, 'status', 'containerStatuses')[0], 'state', 'terminated', 'message'),
  })),
}

export interface Secret extends KubeObject {
  /** Decoded. Never logged, never copied. */
  readonly entries: Readonly<Record<string, string>>
}

export const secretKind: Kind<Secret> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  project: readOnce((raw) => ({
    metadata: projectMeta(raw),
    entries: Object.fromEntries(
      Object.entries(textMapAt(raw, 'data')).map(([key, value]) => [key, decodeBase64(value)]),
    ),
  })),
}

export interface Event extends KubeObject {
  readonly reason: string
  readonly note: string
  readonly regardingName: string
  /** Empty: nobody has said. */
  readonly regardingUID: string
  readonly type: string
  /** When it was seen first. */
  readonly time: string | undefined
  /** How often, where it came again. */
  readonly count: number
}

export const eventKind: Kind<Event> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
  project: readOnce((raw) => ({
    metadata: projectMeta(raw),
    reason: textAt(raw, 'reason') ?? '',
    note: textAt(raw, 'note') ?? '',
    regardingName: textAt(raw, 'regarding', 'name') ?? '',
    regardingUID: textAt(raw, 'regarding', 'uid') ?? '',
    type: textAt(raw, 'type') ?? '',
    time: textAt(raw, 'eventTime') ?? textAt(raw, 'deprecatedFirstTimestamp'),
    count: numberAt(raw, 'series', 'count') ?? 1,
  })),
}

/** Karpenter's claim on one machine: deleting it gives the machine back, and the pods' need brings another. */
export interface NodeClaim extends KubeObject {
  readonly nodeName: string
  readonly nodePool: string
  readonly ready: boolean
}

export const nodeClaimKind: Kind<NodeClaim> = {
  group: 'karpenter.sh',
  version: 'v1',
  kind: 'NodeClaim',
  plural: 'nodeclaims',
  namespaced: false,
  project: readOnce((raw) => ({
    metadata: projectMeta(raw),
    nodeName: textAt(raw, 'status', 'nodeName') ?? '',
    nodePool: textMapAt(raw, 'metadata', 'labels')['karpenter.sh/nodepool'] ?? '',
    ready: listAt(raw, 'status', 'conditions').some(
      (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
    ),
  })),
}

export function selectorAt(spec: unknown): LabelSelector | undefined {
  if (!isObject(spec) || !isObject(spec['selector'])) return undefined
  const requirements = listAt(spec, 'selector', 'matchExpressions').flatMap(requirementOf)
  return { matchLabels: textMapAt(spec, 'selector', 'matchLabels'), matchExpressions: requirements }
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const

function requirementOf(raw: unknown): NonNullable<LabelSelector['matchExpressions']> {
  const operator = operators.find((known) => known === textAt(raw, 'operator'))
  const key = textAt(raw, 'key')
  if (operator === undefined || key === undefined) return []
  return [{ key, operator, values: listAt(raw, 'values').filter((value) => typeof value === 'string') }]
}

const decodeBase64 = (text: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))
