import { at, isObject, type JsonObject, textMapAt } from '../../../kernel/json.ts'
import { nameOf, namespaceOf, ownerReference } from '../fields.ts'

export interface Parent {
  readonly apiVersion: string
  readonly kind: string
  readonly object: JsonObject
}

export interface PodDifference {
  /** Instead of one that the API server makes. */
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly spec?: JsonObject
}

/** A pod as its controller makes it from `spec.template`, named by the API server. */
export function podFromTemplate({ apiVersion, kind, object }: Parent, difference: PodDifference = {}): JsonObject {
  const template = at(object, 'spec', 'template')
  const spec = at(template, 'spec')
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: namespaceOf(object),
      ...(difference.name === undefined ? { generateName: `${nameOf(object)}-` } : { name: difference.name }),
      labels: { ...textMapAt(template, 'metadata', 'labels'), ...difference.labels },
      annotations: textMapAt(template, 'metadata', 'annotations'),
      ownerReferences: [ownerReference(apiVersion, kind, object)],
    },
    spec: { ...(isObject(spec) ? spec : {}), ...difference.spec },
  }
}
