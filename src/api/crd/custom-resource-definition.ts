import type { JsonObject } from '../../kernel/json.ts'
import { group, version } from '../v1alpha1/schema.ts'
import { withBoundsInWords } from './bounds.ts'
import type { Column, Definition } from './definition.ts'
import { toStructural } from './structural.ts'

/** The manifest that makes the API server serve the kind. */
export const customResourceDefinition = (definition: Definition): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${definition.names.plural}.${group}` },
  spec: {
    group,
    scope: 'Cluster',
    names: {
      kind: definition.names.kind,
      listKind: `${definition.names.kind}List`,
      plural: definition.names.plural,
      singular: definition.names.kind.toLowerCase(),
      shortNames: definition.shortNames,
      categories: ['prunella'],
    },
    versions: [versionOf(definition)],
  },
})

const versionOf = (definition: Definition): JsonObject => ({
  name: version,
  served: true,
  storage: true,
  schema: { openAPIV3Schema: schemaOf(definition) },
  ...(definition.status?.subresource === true && { subresources: { status: {} } }),
  additionalPrinterColumns: definition.columns.map(printerColumn),
  ...(definition.selectableFields.length > 0 && {
    selectableFields: definition.selectableFields.map((jsonPath) => ({ jsonPath })),
  }),
})

/** `metadata` is the API server's own; only its name is opened here, to rules at the root. */
export function schemaOf({ description, spec, status, rules }: Definition): JsonObject {
  return {
    description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: 'The version of this schema.' },
      kind: { type: 'string', description: 'The kind of this object.' },
      metadata: { type: 'object' },
      spec: withBoundsInWords(toStructural(spec)),
      ...(status && { status: withBoundsInWords(toStructural(status.schema)) }),
    },
    ...(rules.length > 0 && { 'x-kubernetes-validations': rules.map((rule) => ({ ...rule })) }),
  }
}

const printerColumn = ({ name, type, jsonPath, description, wide }: Column): JsonObject => ({
  name,
  type,
  jsonPath,
  description,
  ...(wide && { priority: 1 }),
})
