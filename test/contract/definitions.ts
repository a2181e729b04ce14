import { accepted } from './answers.ts'
import type { Answer, Client } from './client.ts'
import { type Fields, fresh, untilSeen } from './objects.ts'

export const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** A CRD in a group of its own, and how its objects are reached and written. */
export interface Definition {
  readonly group: string
  readonly name: string
  /** The collection of its objects. */
  readonly path: string
  /** The object as sent to create the CRD. */
  readonly body: Fields
  /** An object of the kind. */
  readonly object: (name: string, spec: unknown, fields?: Fields) => Fields
}

/** A cluster-scoped kind `Widget` with this schema for its spec; `version` adds to its only version, `rules` stand at the root. */
export function widgetDefinition(specSchema: Fields, version: Fields = {}, rules: readonly Fields[] = []): Definition {
  const group = `${fresh('group')}.test`
  const name = `widgets.${group}`
  const statusSchema = { type: 'object', properties: { ready: { type: 'boolean' }, count: { type: 'integer' } } }
  const properties = { spec: specSchema, status: statusSchema }
  const validations = rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }
  const openAPIV3Schema = { type: 'object', properties, ...validations }
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group,
      scope: 'Cluster',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'] },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, ...version }],
    },
  }
  const object = (name: string, spec: unknown, fields: Fields = {}): Fields => ({
    apiVersion: `${group}/v1`,
    kind: 'Widget',
    metadata: { name },
    ...(spec === undefined ? {} : { spec }),
    ...fields,
  })
  return { group, name, path: `/apis/${group}/v1/widgets`, body, object }
}

export const createDefinition = (client: Client, { body }: Definition): Promise<Answer> =>
  client.create(definitionsPath, body)

/** Creates the CRD and waits until its objects are served. */
export async function installed(client: Client, definition: Definition): Promise<Definition> {
  accepted(await createDefinition(client, definition))
  await untilSeen(async () => (await client.get(definition.path)).status === 200)
  return definition
}
