import { isObject, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { invalidValue, notSupported, required } from '../errors/causes.ts'
import { objectAt, textOf } from '../objects/fields.ts'
import { type Strategy, specChanged, withStatusStrategy } from './strategy.ts'

export const disruptionBudgetStrategy: Strategy = {
  ...withStatusStrategy,
  unconditionalUpdate: false,
  generation: specChanged,
  validate: validateSpec,
  validateUpdate: validateSpec,
  validateStatusUpdate: (budget) =>
    ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'].flatMap((member) => {
      const value = numberAt(budget, 'status', member) ?? 0
      return value >= 0 ? [] : [invalidValue(`status.${member}`, value, 'must be greater than or equal to 0')]
    }),
}

const policies = ['AlwaysAllow', 'IfHealthyBudget']

function validateSpec(budget: JsonObject): readonly Cause[] {
  const spec = objectAt(budget, 'spec')
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [invalidValue('spec', goSpec(spec), 'minAvailable and maxUnavailable cannot be both set')]
      : []),
    ...countOrPercent('spec.minAvailable', minAvailable),
    ...countOrPercent('spec.maxUnavailable', maxUnavailable),
    ...listAt(spec, 'selector', 'matchExpressions').flatMap(validateRequirement),
    ...(policy === undefined || policies.includes(textOf(policy))
      ? []
      : [notSupported('spec.unhealthyPodEvictionPolicy', policy, policies)]),
  ]
}

/** The members as Go's internal type names them, which is what the real text shows. */
const goSpec = (spec: JsonObject): JsonObject => ({
  MinAvailable: spec['minAvailable'] ?? null,
  Selector: spec['selector'] ?? null,
  MaxUnavailable: spec['maxUnavailable'] ?? null,
  UnhealthyPodEvictionPolicy: spec['unhealthyPodEvictionPolicy'] ?? null,
})

function countOrPercent(field: string, value: unknown): readonly Cause[] {
  if (typeof value === 'number')
    return value >= 0 ? [] : [invalidValue(field, value, 'must be greater than or equal to 0')]
  if (typeof value !== 'string') return []
  if (!/^\d+%$/.test(value)) {
    const rule =
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex " +
      "used for validation is '[0-9]+%')"
    return [invalidValue(field, value, rule)]
  }
  return Number(value.slice(0, -1)) > 100 ? [invalidValue(field, value, 'must not be greater than 100%')] : []
}

function validateRequirement(requirement: unknown, index: number): readonly Cause[] {
  if (!isObject(requirement)) return []
  const field = `spec.selector.matchExpressions[${index}]`
  const operator = textAt(requirement, 'operator') ?? ''
  const count = listAt(requirement, 'values').length
  if (operator === 'In' || operator === 'NotIn') {
    return count > 0 ? [] : [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    const message = "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
    return count === 0 ? [] : [{ field: `${field}.values`, reason: 'FieldValueForbidden', message }]
  }
  return [invalidValue(`${field}.operator`, operator, 'not a valid selector operator')]
}
