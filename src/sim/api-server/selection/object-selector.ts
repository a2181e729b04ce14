import { isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { type LabelRequirement, type LabelSelector, matchesSelector } from '../../../kernel/selector.ts'
import { textOf } from '../objects/fields.ts'

/** A `metav1.LabelSelector` in an object, applied to labels. What cannot be read selects nothing. */
export function selectorMatches(selector: JsonObject, labels: JsonObject): boolean {
  const read = readSelector(selector)
  return read !== undefined && matchesSelector(read, textOnly(labels))
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const

function readSelector(selector: JsonObject): LabelSelector | undefined {
  const requirements: LabelRequirement[] = []
  for (const each of listAt(selector, 'matchExpressions')) {
    const operator = operators.find((known) => known === textAt(each, 'operator'))
    if (operator === undefined) return undefined
    requirements.push({ key: textAt(each, 'key') ?? '', operator, values: listAt(each, 'values').map(String) })
  }
  const { matchLabels } = selector
  return { matchLabels: isObject(matchLabels) ? textOnly(matchLabels) : {}, matchExpressions: requirements }
}

const textOnly = (labels: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )

/** `a=b,c in (d,e)`: as the scale subresource shows a selector. */
export function selectorText(selector: JsonObject): string {
  const exact = Object.entries(isObject(selector['matchLabels']) ? selector['matchLabels'] : {}).map(
    ([key, value]) => `${key}=${textOf(value)}`,
  )
  const rest = listAt(selector, 'matchExpressions').map((each) => {
    const [key, values] = [textAt(each, 'key') ?? '', listAt(each, 'values').map(String).toSorted().join(',')]
    const texts = {
      In: `${key} in (${values})`,
      NotIn: `${key} notin (${values})`,
      Exists: key,
      DoesNotExist: `!${key}`,
    }
    return texts[operators.find((known) => known === textAt(each, 'operator')) ?? 'Exists']
  })
  return [...exact, ...rest].toSorted().join(',')
}
