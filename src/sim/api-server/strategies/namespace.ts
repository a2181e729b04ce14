import { isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { invalidValue } from '../errors/causes.ts'
import { metadataOf, objectAt, withField, withMetadata } from '../objects/fields.ts'
import { plainStrategy, type Strategy } from './strategy.ts'

/** The finalizer in `spec`, which the namespace controller takes away once the namespace is empty. */
export const namespaceFinalizer = 'kubernetes'

export const namespaceStrategy: Strategy = {
  ...plainStrategy,
  nameRule: 'Label',
  returnsDeleted: true,
  statusSubresource: true,
  defaults: (namespace) => ({
    ...withMetadata(namespace, { labels: { ...labelsOf(namespace), ...nameLabel(namespace) } }),
    ...(objectAt(namespace, 'status')['phase'] === undefined
      ? { status: { ...objectAt(namespace, 'status'), phase: 'Active' } }
      : {}),
  }),
  prepareForCreate: (namespace) => ({
    ...namespace,
    spec: { finalizers: [...listAt(namespace, 'spec', 'finalizers').filter(isOther), namespaceFinalizer] },
    status: { phase: 'Active' },
  }),
  prepareForUpdate: (namespace, old) => ({
    ...withField(namespace, 'status', old['status']),
    spec: { ...objectAt(namespace, 'spec'), finalizers: listAt(old, 'spec', 'finalizers').map(String) },
  }),
  prepareForStatusUpdate: (namespace, old) => withField(namespace, 'spec', old['spec']),
  validateStatusUpdate: validatePhase,
}

const isOther = (finalizer: unknown): finalizer is string =>
  typeof finalizer === 'string' && finalizer !== namespaceFinalizer

const labelsOf = (namespace: JsonObject): JsonObject => objectAt(metadataOf(namespace), 'labels')

function nameLabel(namespace: JsonObject): JsonObject {
  const name = textAt(namespace, 'metadata', 'name')
  return name === undefined ? {} : { 'kubernetes.io/metadata.name': name }
}

function validatePhase(namespace: JsonObject): readonly Cause[] {
  const phase = textAt(namespace, 'status', 'phase') ?? ''
  const [expected, when] = isTerminatingNamespace(namespace) ? ['Terminating', 'not empty'] : ['Active', 'empty']
  if (phase === expected) return []
  return [invalidValue('status.Phase', phase, `may only be '${expected}' if \`deletionTimestamp\` is ${when}`)]
}

export const isTerminatingNamespace = (namespace: JsonObject | undefined): boolean =>
  isObject(namespace) && metadataOf(namespace)['deletionTimestamp'] !== undefined
