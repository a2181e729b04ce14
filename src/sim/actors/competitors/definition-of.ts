import type { JsonObject } from '../../../kernel/json.ts'

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

export interface ForeignKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly scope: 'Cluster' | 'Namespaced'
}

/** The definition of a kind that somebody else installs, as far as anybody looks at it: any spec, any status. */
export function definitionOf({ group, version, kind, scope }: ForeignKind): JsonObject {
  const singular = kind.toLowerCase()
  const plural = `${singular}s`
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { plural, singular, kind, listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } },
        },
      ],
    },
  }
}
