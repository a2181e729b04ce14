import { at, type Json, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'
import type { Instant } from '../../../kernel/time.ts'
import { ageOf } from './age.ts'

/** The cells of one object, in the order of the columns of its kind. */
export type Printer = (object: JsonObject, now: Instant) => readonly Json[]

export const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name') ?? ''

export const age = (object: JsonObject, now: Instant): string =>
  ageOf(textAt(object, 'metadata', 'creationTimestamp'), now)

export const countAt = (object: JsonObject, ...path: readonly (string | number)[]): number =>
  numberAt(object, ...path) ?? 0

/** Names and images of a template's containers, and what selects its pods: the wide columns of workloads. */
export function templateCells(object: JsonObject): readonly [names: string, images: string, selector: string] {
  const containers = listAt(object, 'spec', 'template', 'spec', 'containers')
  const join = (member: string): string => containers.map((container) => textAt(container, member) ?? '').join(',')
  return [join('name'), join('image'), selectorText(at(object, 'spec', 'selector'))]
}

/** `app=web,tier in (a,b),!old`, or `<none>`. */
function selectorText(selector: unknown): string {
  const labels = entriesOf(at(selector, 'matchLabels')).map(([key, value]) => `${key}=${value}`)
  const expressions = listAt(selector, 'matchExpressions').map((expression) => expressionText(expression))
  return [...labels, ...expressions].join(',') || '<none>'
}

function expressionText(expression: unknown): string {
  const key = textAt(expression, 'key') ?? ''
  const values = listAt(expression, 'values').map(String).toSorted().join(',')
  switch (textAt(expression, 'operator') ?? '') {
    case 'In':
      return `${key} in (${values})`
    case 'NotIn':
      return `${key} notin (${values})`
    case 'DoesNotExist':
      return `!${key}`
    default:
      return key
  }
}

/** `a=1,b=2` in order of the keys, or `<none>`. */
export const labelsText = (labels: unknown): string =>
  entriesOf(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || '<none>'

const entriesOf = (labels: unknown): readonly (readonly [string, string])[] =>
  typeof labels === 'object' && labels !== null
    ? Object.entries(labels)
        .map(([key, value]): readonly [string, string] => [key, String(value)])
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
    : []

export const conditionOf = (object: JsonObject, type: string): unknown =>
  listAt(object, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type)

export const isTrue = (object: JsonObject, type: string): boolean =>
  textAt(conditionOf(object, type), 'status') === 'True'
