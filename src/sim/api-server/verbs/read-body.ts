import { isObject, type JsonObject, textAt } from '../../../kernel/json.ts'
import type { ApiRequest } from '../api-request.ts'
import { invalidValue } from '../errors/causes.ts'
import { badRequest, invalid, unsupportedBodyType } from '../errors/status-error.ts'
import { definedOnly, metadataOf, withField } from '../objects/fields.ts'
import type { FieldValidation } from '../requests/options.ts'
import { apiVersionOf, type ResourceDescriptor } from '../resources/descriptor.ts'
import { DecodeError, decodeOrExplain, type Reading } from '../shapes/decode-typed.ts'
import { structNamed } from '../shapes/shape.ts'
import { wireCopy } from '../storage/deep-freeze.ts'

/** A body, decoded into the form that is stored, and the warnings it earned. */
export interface Decoded {
  readonly object: JsonObject
  readonly warnings: readonly string[]
}

const jsonTypes = ['application/json', 'application/yaml']

/** The body as an object of the resource's kind. Throws 400 or 415. */
export function readBody(resource: ResourceDescriptor, request: ApiRequest, validation: FieldValidation): Decoded {
  const body = objectIn(resource, request)
  try {
    return decodeObject(resource, body, validation)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw badRequest(
      `${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ${error.message}`,
    )
  }
}

function objectIn(resource: ResourceDescriptor, { body, headers }: ApiRequest): JsonObject {
  const [type = ''] = (headers?.['content-type'] ?? jsonTypes[0] ?? '').split(';')
  if (!jsonTypes.includes(type.trim())) throw unsupportedBodyType()
  if (isObject(body)) return checkedKind(resource, body)
  const what = `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind; json parse error: `
  if (body === undefined) throw badRequest(`${what}unexpected end of JSON input (<empty>)`)
  const hex = Array.from(new TextEncoder().encode(JSON.stringify(body)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  const kind = Array.isArray(body) ? 'array' : typeof body
  const goType = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`
  throw badRequest(`${what}json: cannot unmarshal ${kind} into Go value of type ${goType} (${hex.slice(0, 100)})`)
}

/** Kind and version may be left out: then they are the endpoint's. Throws 400, for a custom resource 422. */
function checkedKind(resource: ResourceDescriptor, body: JsonObject): JsonObject {
  if (resource.form.kind === 'Custom') return checkedCustomKind(resource, body)
  checkKind(resource, body, 'core')
  return body
}

/** `family`: what Go calls the internal type's package. Throws a 400. */
export function checkKind({ group, version, kind }: GroupVersionKind, body: JsonObject, family: string): void {
  const expected = apiVersionOf({ group, version })
  const [given = kind, apiVersion = expected] = [textAt(body, 'kind'), textAt(body, 'apiVersion')]
  if (given === kind && apiVersion === expected) return
  const what = `${given} in version ${JSON.stringify(apiVersion.split('/').at(-1))} cannot be handled as a ${kind}: `
  if (given !== kind)
    throw badRequest(
      `${what}converting (${apiVersion.split('/').at(-1)}.${given}) to (${family}.${kind}): unknown conversion`,
    )
  throw badRequest(
    `${what}no kind ${JSON.stringify(given)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
  )
}

interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

function checkedCustomKind(resource: ResourceDescriptor, body: JsonObject): JsonObject {
  const [kind, apiVersion] = [textAt(body, 'kind') ?? '', textAt(body, 'apiVersion') ?? '']
  if (kind === '' || apiVersion === '') {
    const missing = kind === '' ? 'Kind' : 'apiVersion'
    const shown = JSON.stringify(body)
    throw badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): Object '${missing}' is missing in '${shown}'`,
    )
  }
  const expected = apiVersionOf(resource)
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    )
  }
  if (kind === resource.kind) return body
  const cause = invalidValue('kind', kind, `must be ${resource.kind}`)
  throw invalid({ group: resource.group, kind }, textAt(body, 'metadata', 'name') ?? '', [cause])
}

const metadataStruct = structNamed('meta.v1.ObjectMeta')

/** From the version of the resource to the form that is stored. Throws DecodeError. */
export const decodeObject = (resource: ResourceDescriptor, body: JsonObject, validation: FieldValidation): Decoded =>
  decodeAs(resource, body, { validation, trustsFrozen: false })

/** The same for what a patch made of a stored object: what it left alone need not be read again. */
export function decodePatched(resource: ResourceDescriptor, body: JsonObject, validation: FieldValidation): Decoded {
  const isStoredAsShown = resource.form.kind === 'Custom' || resource.form.fromStorage === undefined
  return decodeAs(resource, body, { validation, trustsFrozen: isStoredAsShown })
}

interface Rules extends Reading {
  readonly validation: FieldValidation
}

function decodeAs(resource: ResourceDescriptor, body: JsonObject, { validation, trustsFrozen }: Rules): Decoded {
  const read = resource.form.kind === 'BuiltIn' ? decodeBuiltIn : decodeCustom
  const { object, unknownFields } = read(resource, body, { trustsFrozen })
  const complaints = unknownFields.toSorted().map((path) => `unknown field ${JSON.stringify(path)}`)
  if (validation === 'Strict' && complaints.length > 0)
    throw new DecodeError(`strict decoding error: ${complaints.join(', ')}`)
  const stored = resource.form.kind === 'BuiltIn' ? (resource.form.toStorage?.(object) ?? object) : object
  return {
    object: resource.strategy.defaults(withoutBookkeeping(stored)),
    warnings: validation === 'Warn' ? complaints : [],
  }
}

interface Read {
  readonly object: JsonObject
  readonly unknownFields: readonly string[]
}

function decodeBuiltIn({ form }: ResourceDescriptor, body: JsonObject, known: Reading): Read {
  if (form.kind !== 'BuiltIn') return { object: body, unknownFields: [] }
  const { object, unknownFields } = decodeOrExplain(form.struct, body, known)
  return { object: withField(withField(object, 'kind', undefined), 'apiVersion', undefined), unknownFields }
}

function decodeCustom(resource: ResourceDescriptor, body: JsonObject, known: Reading): Read {
  const { form } = resource
  if (form.kind !== 'Custom' || metadataStruct === undefined) return { object: body, unknownFields: [] }
  const metadata = decodeOrExplain(metadataStruct, body['metadata'], known)
  const typed = { ...body, apiVersion: form.storageApiVersion, kind: resource.kind, metadata: metadata.object }
  const { object, unknownFields } = form.version.decode(typed)
  return { object, unknownFields: [...metadata.unknownFields.map((path) => `metadata.${path}`), ...unknownFields] }
}

/** Who wrote which field is not kept, and `selfLink` is long gone. */
function withoutBookkeeping(object: JsonObject): JsonObject {
  const metadata = metadataOf(object)
  if (metadata['managedFields'] === undefined && metadata['selfLink'] === undefined) return object
  return { ...object, metadata: definedOnly({ ...metadata, managedFields: undefined, selfLink: undefined }) }
}

/** A request whose body is the server's own: undefined members are gone, and the caller may change what it sent. */
export const ownBody = (request: ApiRequest): ApiRequest =>
  request.body === undefined ? request : { ...request, body: wireCopy(request.body) }
