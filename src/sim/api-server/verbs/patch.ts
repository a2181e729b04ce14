import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts'
import type { ApiRequest, ApiResponse } from '../api-request.ts'
import { invalidValue } from '../errors/causes.ts'
import {
  badRequest,
  invalid,
  rejectedPatch,
  unsupportedCustomPatchType,
  unsupportedPatchType,
} from '../errors/status-error.ts'
import { textOf } from '../objects/fields.ts'
import { jsonPatch, RejectedPatchError } from '../patches/json-patch.ts'
import { mergePatch } from '../patches/merge-patch.ts'
import { strategicMergePatch } from '../patches/strategic-merge-patch.ts'
import { writeOptions } from '../requests/options.ts'
import { apiVersionOf, type ResourceDescriptor } from '../resources/descriptor.ts'
import { presentUnstored } from '../resources/presentation.ts'
import { DecodeError } from '../shapes/decode-typed.ts'
import type { Shape } from '../shapes/shape.ts'
import type { WriteContext } from './create.ts'
import { type Engine, existing, type Target } from './engine.ts'
import { type Decoded, decodePatched } from './read-body.ts'
import { checkName, replace } from './update.ts'

export interface PatchRequest {
  readonly request: ApiRequest
  readonly context: WriteContext
  readonly subresource: string
}

/** Throws StatusError. */
export function patch(engine: Engine, target: Target, { request, context, subresource }: PatchRequest): ApiResponse {
  const { resource } = target
  const shape = resource.form.kind === 'BuiltIn' ? resource.form.struct : undefined
  const apply = readPatch(request, shape)
  const old = existing(engine, target)
  const patched = apply(presentUnstored(resource, old))
  checkCustomKind(resource, patched, target.name)
  const decoded = readPatched(resource, patched, request)
  checkName(target, decoded.object)
  return replace(engine, target, { decoded, context, subresource, old })
}

type Apply = (current: JsonObject) => JsonObject

/** `shape` undefined: no strategic merge patch, as for custom resources. Throws 400 or 415. */
export function readPatch({ headers, body }: ApiRequest, shape: Shape | undefined): Apply {
  const [type = ''] = (headers?.['content-type'] ?? '').split(';')
  switch (type.trim()) {
    case 'application/json-patch+json': {
      const operations = operationsIn(body)
      return (current) => patchedObject(() => jsonPatch(current, operations))
    }
    case 'application/merge-patch+json': {
      const changes = changesIn(body)
      return (current) => patchedObject(() => mergePatch(current, changes))
    }
    case 'application/strategic-merge-patch+json': {
      if (shape === undefined) throw unsupportedCustomPatchType()
      const changes = changesIn(body)
      return (current) => strategicMergePatch(current, changes, shape)
    }
    default:
      throw unsupportedPatchType()
  }
}

function operationsIn(body: unknown): readonly Json[] {
  if (Array.isArray(body)) return body
  if (body === undefined) throw badRequest('error decoding patch: unexpected end of JSON input')
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${jsonKind(body)} into Go value of type []handlers.jsonPatchOp`,
  )
}

function changesIn(body: unknown): JsonObject {
  if (isObject(body)) return body
  if (body === undefined) throw badRequest('error decoding patch: unexpected end of JSON input')
  if (body === null) throw badRequest('Invalid JSON Patch')
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${jsonKind(body)} into Go value of type map[string]interface {}`,
  )
}

const jsonKind = (value: unknown): string =>
  Array.isArray(value) ? 'array' : isObject(value) ? 'object' : typeof value === 'boolean' ? 'bool' : typeof value

function patchedObject(run: () => Json): JsonObject {
  try {
    const patched = run()
    if (isObject(patched)) return patched
  } catch (error) {
    if (!(error instanceof RejectedPatchError)) throw error
  }
  throw rejectedPatch()
}

/** A patch cannot make another kind of a custom object. Throws a 422. */
function checkCustomKind(resource: ResourceDescriptor, patched: JsonObject, name: string): void {
  if (resource.form.kind !== 'Custom') return
  const [kind, apiVersion, expected] = [textOf(patched['kind']), textOf(patched['apiVersion']), apiVersionOf(resource)]
  const causes = [
    ...(apiVersion === expected ? [] : [invalidValue('apiVersion', apiVersion, `must be ${expected}`)]),
    ...(kind === resource.kind ? [] : [invalidValue('kind', kind, `must be ${resource.kind}`)]),
  ]
  if (causes.length > 0)
    throw invalid({ group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', kind }, name, causes)
}

function readPatched(resource: ResourceDescriptor, patched: JsonObject, request: ApiRequest): Decoded {
  try {
    return decodePatched(resource, patched, writeOptions(request, 'PatchOptions').fieldValidation)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw invalid({ group: '', kind: '' }, '', [invalidValue('patch', JSON.stringify(patched), error.message)])
  }
}
