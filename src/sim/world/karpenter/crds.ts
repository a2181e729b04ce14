import type { Json, JsonObject } from '../../../kernel/json.ts'

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

interface Names {
  readonly plural: string
  readonly kind: string
  readonly columns: readonly (readonly [name: string, jsonPath: string])[]
}

/** Karpenter's kinds as far as the world needs them: the names and the subresources of the originals, schemas left open. */
const crd = ({ plural, kind, columns }: Names): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.karpenter.sh` },
  spec: {
    group: 'karpenter.sh',
    scope: 'Cluster',
    names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List`, categories: ['karpenter'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } },
        additionalPrinterColumns: columns.map(
          ([name, jsonPath]): Json => ({ name, jsonPath, type: name === 'Age' ? 'date' : 'string' }),
        ),
      },
    ],
  },
})

const ready = ['Ready', '.status.conditions[?(@.type=="Ready")].status'] as const
const age = ['Age', '.metadata.creationTimestamp'] as const

export const karpenterCrds: readonly JsonObject[] = [
  crd({
    plural: 'nodeclaims',
    kind: 'NodeClaim',
    columns: [['Zone', '.metadata.labels.topology\\.kubernetes\\.io/zone'], ['Node', '.status.nodeName'], ready, age],
  }),
  crd({ plural: 'nodepools', kind: 'NodePool', columns: [ready, age] }),
]
