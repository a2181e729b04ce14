import { isObject, type JsonObject } from '../../../kernel/json.ts'
import type { ApiRequest, ApiResponse } from '../api-request.ts'
import { badRequest, StatusError } from '../errors/status-error.ts'
import { metadataOf } from '../objects/fields.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'
import { present } from '../resources/presentation.ts'
import { negotiate } from '../tables/accept.ts'
import type { IncludeObject, Negotiated } from '../tables/table-request.ts'
import { toTable } from '../tables/to-table.ts'
import { answer } from '../verbs/answer.ts'
import type { Engine } from '../verbs/engine.ts'
import { type Listed, listMetadata, presentList } from '../verbs/list.ts'
import type { Route } from './route.ts'

const notAcceptableText =
  '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, ' +
  'application/vnd.kubernetes.protobuf, application/json;stream=watch, ' +
  'application/vnd.kubernetes.protobuf;stream=watch'

/** Throws a 406, or a 400 for rows that nobody can give. */
export function checkAcceptable({ headers, query }: ApiRequest): void {
  const { kind } = negotiate(headers?.['accept'])
  const include = query?.['includeObject'] ?? ''
  if (kind === 'Table' && include !== '' && !choices.some((choice) => choice === include)) {
    const why = `Invalid value: ${JSON.stringify(include)}: must be 'Metadata', 'Object', 'None', or empty`
    throw badRequest(`Unable to convert to Table as requested: includeObject: ${why}`)
  }
  if (kind !== 'NotAcceptable') return
  throw new StatusError({ code: 406, reason: 'NotAcceptable', message: notAcceptableText, details: {} })
}

/** An answer with one object, in the form that the client asked for. */
export function presented(
  engine: Engine,
  { resource }: Route,
  { request, response }: { readonly request: ApiRequest; readonly response: ApiResponse },
): ApiResponse {
  const form = negotiate(request.headers?.['accept'])
  const { body } = response
  if (form.kind === 'Json' || !isObject(body) || body['kind'] !== resource.kind) return response
  return { ...response, body: shown(engine, resource, { form, request })(body) }
}

interface Shape {
  readonly form: Negotiated
  readonly request: ApiRequest
}

/** How the objects of a watch are shown, one after another: a table names its columns only once. */
export function shown(
  engine: Engine,
  resource: ResourceDescriptor,
  { form, request }: Shape,
): (object: JsonObject) => JsonObject {
  if (form.kind === 'PartialObjectMetadata' || form.kind === 'PartialObjectMetadataList') return partial
  if (form.kind !== 'Table') return (object) => object
  let isFirst = true
  return (object) => {
    const table = tableOf(engine, resource, { request, objects: [object], metadata: metadataOf(object) })
    const whole = isFirst ? table : { ...table, columnDefinitions: null }
    isFirst = false
    return whole
  }
}

const partial = (object: JsonObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: metadataOf(object),
})

interface Rows {
  readonly request: ApiRequest
  readonly objects: readonly JsonObject[]
  readonly metadata: JsonObject
}

function tableOf(engine: Engine, resource: ResourceDescriptor, { request, objects, metadata }: Rows): JsonObject {
  const { group, plural, form } = resource
  const printerColumns = form.kind === 'Custom' ? form.version.printerColumns : undefined
  return toTable(
    { group, plural, printerColumns, now: engine.now(), includeObject: includedIn(request), metadata },
    objects,
  )
}

const choices: readonly IncludeObject[] = ['None', 'Metadata', 'Object']

const includedIn = ({ query }: ApiRequest): IncludeObject =>
  choices.find((choice) => choice === query?.['includeObject']) ?? 'Metadata'

/** A list in the form that the client asked for. */
export function presentedList(
  engine: Engine,
  { resource }: Route,
  { request, listed }: { readonly request: ApiRequest; readonly listed: Listed },
): ApiResponse {
  const form = negotiate(request.headers?.['accept'])
  if (form.kind === 'Json') return answer(200, presentList(resource, listed))
  const objects = listed.objects.map((object) => present(resource, object))
  const metadata = listMetadata(listed)
  if (form.kind === 'Table') return answer(200, tableOf(engine, resource, { request, objects, metadata }))
  return answer(200, {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    items: objects.map(partial),
  })
}
