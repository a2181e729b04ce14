import type { JsonObject } from '../../../kernel/json.ts'
import type { CompiledVersion } from '../crd/compiled-crd.ts'
import { deepEqual, withField } from '../objects/fields.ts'
import { plainStrategy, type Strategy } from './strategy.ts'

/** Objects of a CRD's version. Its schema does the defaulting and judges. */
export function customStrategy(version: CompiledVersion): Strategy {
  const common: Strategy = {
    ...plainStrategy,
    qualifiedFinalizers: false,
    unconditionalUpdate: false,
    generation: (object, old) => !deepEqual(withoutUncounted(object, version), withoutUncounted(old, version)),
    validate: (object) => causesOf(version.admit(object, undefined)),
    validateUpdate: (object, old) => causesOf(version.admit(object, old)),
  }
  if (!version.hasStatus) return common
  return {
    ...common,
    statusSubresource: true,
    prepareForCreate: (object) => withField(object, 'status', undefined),
    prepareForUpdate: (object, old) => withField(object, 'status', old['status']),
    prepareForStatusUpdate: (object, old) => withField(old, 'status', object['status']),
    validateStatusUpdate: (object, old) => causesOf(version.admit(object, old, { subresource: 'status' })),
  }
}

const causesOf = (admitted: ReturnType<CompiledVersion['admit']>): ReturnType<Strategy['validate']> =>
  admitted.ok ? [] : admitted.causes

/** Metadata never counts, status only where it is no subresource. */
function withoutUncounted(object: JsonObject, version: CompiledVersion): JsonObject {
  const rest = withField(withField(object, 'metadata', undefined), 'apiVersion', undefined)
  return version.hasStatus ? withField(rest, 'status', undefined) : rest
}
