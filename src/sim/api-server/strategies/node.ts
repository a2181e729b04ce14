import { isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { forbiddenField, invalidValue, notSupported, required, shown } from '../errors/causes.ts'
import { objectAt, withDefaults, withField } from '../objects/fields.ts'
import { labelValueProblems, qualifiedNameProblems } from '../objects/names.ts'
import { plainStrategy, type Strategy } from './strategy.ts'

/** A kubelet registers itself with its status, so creation keeps it; only updates are split. */
export const nodeStrategy: Strategy = {
  ...plainStrategy,
  statusSubresource: true,
  defaults: (node) => withPodRanges(allocatableFromCapacity(node)),
  prepareForCreate: (node) => ({ ...node, spec: notReadyYet(objectAt(node, 'spec')) }),
  prepareForUpdate: (node, old) => withField(node, 'status', old['status']),
  prepareForStatusUpdate: (node, old) => withField(node, 'spec', old['spec']),
  validate: (node) => [...validateTaints(node, 'metadata.taints'), ...rangeCauses(objectAt(node, 'spec'))],
  validateUpdate: (node, old) => [...validateTaints(node, 'metadata.taints'), ...onceOnly(node, old)],
}

function allocatableFromCapacity(node: JsonObject): JsonObject {
  const status = objectAt(node, 'status')
  const capacity = objectAt(status, 'capacity')
  if (Object.keys(capacity).length === 0) return node
  const allocatable = withDefaults(objectAt(status, 'allocatable'), capacity)
  return { ...node, status: { ...status, allocatable } }
}

/** The older field is the first of the newer list, and wins where they differ. */
function withPodRanges(node: JsonObject): JsonObject {
  const spec = objectAt(node, 'spec')
  const [single, ranges] = [textAt(spec, 'podCIDR') ?? '', listAt(spec, 'podCIDRs').map(String)]
  if (single === '' && ranges.length === 0) return node
  const podCIDRs = single === '' || ranges[0] === single ? ranges : [single]
  return { ...node, spec: { ...spec, podCIDR: podCIDRs[0] ?? single, podCIDRs } }
}

const octet = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`
const range = new RegExp(
  String.raw`^(?:${octet}(?:\.${octet}){3}/(?:3[0-2]|[12]?\d)|[\da-f:]*:[\da-f:]*/(?:12[0-8]|1[01]\d|\d?\d))$`,
  'i',
)

const rangeText = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

const rangeCauses = (spec: JsonObject): readonly Cause[] =>
  listAt(spec, 'podCIDRs')
    .map(String)
    .flatMap((each, index) => (range.test(each) ? [] : [invalidValue(`spec.podCIDRs[${index}]`, each, rangeText)]))

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

/** The TaintNodesByCondition admission plugin: no pod before the node-lifecycle controller has looked. */
function notReadyYet(spec: JsonObject): JsonObject {
  const taints = listAt(spec, 'taints').filter(isObject)
  const present = taints.some((taint) => taint['key'] === notReady.key && taint['effect'] === notReady.effect)
  return present ? spec : { ...spec, taints: [...taints, notReady] }
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** The field is the one that the real server reports, wrong as it looks. */
function validateTaints(node: JsonObject, field: string): readonly Cause[] {
  const seen = new Set<string>()
  return listAt(objectAt(node, 'spec'), 'taints')
    .filter(isObject)
    .flatMap((taint, index) => {
      const [key, value, effect] = [
        textAt(taint, 'key') ?? '',
        textAt(taint, 'value') ?? '',
        textAt(taint, 'effect') ?? '',
      ]
      const place = `${field}[${index}]`
      const repeated = seen.has(`${effect}/${key}`)
      seen.add(`${effect}/${key}`)
      return [
        ...qualifiedNameProblems(key, 'a valid label key').map((problem) => invalidValue(`${place}.key`, key, problem)),
        ...labelValueProblems(value).map((problem) => invalidValue(`${place}.value`, value, problem)),
        ...(effect === '' ? [required(`${place}.effect`, '')] : []),
        ...(effect === '' || effects.includes(effect) ? [] : [notSupported(`${place}.effect`, effect, effects)]),
        ...(repeated
          ? [duplicateTaint(place, { Key: key, Value: value, Effect: effect, TimeAdded: taint['timeAdded'] ?? null })]
          : []),
      ]
    })
}

const duplicateTaint = (field: string, taint: JsonObject): Cause => ({
  field,
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${shown(taint)}: taints must be unique by key and effect pair`,
})

function onceOnly(node: JsonObject, old: JsonObject): readonly Cause[] {
  const [spec, before] = [objectAt(node, 'spec'), objectAt(old, 'spec')]
  const provider = textAt(before, 'providerID') ?? ''
  const ranges = listAt(before, 'podCIDRs')
  return [
    ...(ranges.length > 0 && shown(spec['podCIDRs']) !== shown(ranges)
      ? [forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')]
      : []),
    ...(provider !== '' && spec['providerID'] !== provider
      ? [forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid')]
      : []),
  ]
}
