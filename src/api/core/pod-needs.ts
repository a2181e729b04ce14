import { at, isObject, type JsonObject, listAt, textAt, textMapAt } from '../../kernel/json.ts'
import { OneOfEach } from '../../kernel/one-of-each.ts'
import type { LabelRequirement } from '../../kernel/selector.ts'
import { type Quantities, quantitiesAt } from './quantity.ts'

/** What a node must have for a pod to run there, as far as it is modelled: requests, labels, taints. */
export interface PodNeeds {
  readonly requests: Quantities
  readonly nodeSelector: Readonly<Record<string, string>>
  /** Required node affinity: one of these must match. Empty: no such requirement. */
  readonly terms: readonly NodeTerm[]
  readonly tolerations: readonly Toleration[]
}

export interface NodeTerm {
  readonly requirements: readonly (LabelRequirement | NumberRequirement)[]
  /** Only by name can a field be matched. Undefined: not asked for. */
  readonly names: readonly string[] | undefined
}

interface NumberRequirement {
  readonly key: string
  readonly operator: 'Gt' | 'Lt'
  readonly value: number
}

export interface Toleration {
  /** Empty: every taint. */
  readonly key: string
  readonly operator: 'Exists' | 'Equal'
  readonly value: string
  /** Empty: every effect. */
  readonly effect: string
}

/** Equal needs are one object: replicas of one workload share them, and 150,000 pods have few different ones. */
const shared = new OneOfEach<PodNeeds>()

/** Reads the `spec` of a pod. */
export const podNeeds = (raw: JsonObject): PodNeeds =>
  shared.of(JSON.stringify(whatIsRead(raw)), () => ({
    requests: requestsOf(raw),
    nodeSelector: textMapAt(raw, 'spec', 'nodeSelector'),
    terms: listAt(requiredAffinity(raw), 'nodeSelectorTerms').map(termOf),
    tolerations: listAt(raw, 'spec', 'tolerations').map(tolerationOf),
  }))

/** All that the needs are made of: to compare it costs less than to read it. */
const whatIsRead = (raw: JsonObject): readonly unknown[] => [
  listAt(raw, 'spec', 'containers').map((container) => at(container, 'resources', 'requests')),
  listAt(raw, 'spec', 'initContainers').map((container) => [
    at(container, 'restartPolicy'),
    at(container, 'resources', 'requests'),
  ]),
  at(raw, 'spec', 'overhead'),
  at(raw, 'spec', 'nodeSelector'),
  requiredAffinity(raw),
  at(raw, 'spec', 'tolerations'),
]

const requiredAffinity = (raw: JsonObject): unknown =>
  at(raw, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution')

/** As the scheduler counts: all containers together with sidecars, or the largest init container on top of the sidecars before it. */
function requestsOf(raw: JsonObject): Quantities {
  const containers = listAt(raw, 'spec', 'containers').map(requestOf)
  let sidecars: Quantities = {}
  let peak: Quantities = {}
  for (const container of listAt(raw, 'spec', 'initContainers')) {
    const request = requestOf(container)
    if (textAt(container, 'restartPolicy') === 'Always') sidecars = sum(sidecars, request)
    else peak = largest(peak, sum(sidecars, request))
  }
  const running = containers.reduce(sum, sidecars)
  return sum(largest(running, peak), quantitiesAt(raw, 'spec', 'overhead'))
}

const requestOf = (container: unknown): Quantities =>
  isObject(container) ? quantitiesAt(container, 'resources', 'requests') : {}

const sum = (one: Quantities, other: Quantities): Quantities => joined(one, other, (left, right) => left + right)

const largest = (one: Quantities, other: Quantities): Quantities => joined(one, other, Math.max)

function joined(one: Quantities, other: Quantities, join: (left: number, right: number) => number): Quantities {
  const resources = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return Object.fromEntries(resources.map((resource) => [resource, join(one[resource] ?? 0, other[resource] ?? 0)]))
}

function termOf(raw: unknown): NodeTerm {
  const fields = listAt(raw, 'matchFields').map((field) => listAt(field, 'values').filter(isText))
  return {
    requirements: listAt(raw, 'matchExpressions').flatMap(requirementOf),
    names: fields[0],
  }
}

const labelOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const

function requirementOf(raw: unknown): NodeTerm['requirements'] {
  const key = textAt(raw, 'key') ?? ''
  const operator = textAt(raw, 'operator')
  const values = listAt(raw, 'values').filter(isText)
  if (operator === 'Gt' || operator === 'Lt') return [{ key, operator, value: Number(values[0]) }]
  const known = labelOperators.find((name) => name === operator)
  return known === undefined ? [] : [{ key, operator: known, values }]
}

const tolerationOf = (raw: unknown): Toleration => ({
  key: textAt(raw, 'key') ?? '',
  operator: textAt(raw, 'operator') === 'Exists' ? 'Exists' : 'Equal',
  value: textAt(raw, 'value') ?? '',
  effect: textAt(raw, 'effect') ?? '',
})

const isText = (value: unknown): value is string => typeof value === 'string'
