import { unreachable } from './assert.ts'

/** A label selector as Kubernetes writes it: all requirements must hold. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined
  readonly matchExpressions?: readonly LabelRequirement[] | undefined
}

export interface LabelRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[] | undefined
}

export type Labels = Readonly<Record<string, string>>

export const isEmptySelector = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0

/** An empty selector matches everything, as in Kubernetes; who must not select everything refuses it beforehand. */
export const matchesSelector = (selector: LabelSelector, labels: Labels): boolean =>
  firstMismatch(selector, labels) === undefined

/** The same question, read once for many labels. */
export function matcherOf(selector: LabelSelector): (labels: Labels) => boolean {
  const requirements = requirementsOf(selector)
  return (labels) => requirements.every((requirement) => meets(requirement, labels))
}

/** The first requirement that the labels do not meet: what a person has to change. */
export const firstMismatch = (selector: LabelSelector, labels: Labels): LabelRequirement | undefined =>
  requirementsOf(selector).find((requirement) => !meets(requirement, labels))

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): readonly LabelRequirement[] {
  const exact = Object.entries(matchLabels).map(
    ([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] }),
  )
  return [...exact, ...matchExpressions]
}

export function meets({ key, operator, values = [] }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return unreachable(operator)
  }
}
