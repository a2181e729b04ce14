import { isObject, type JsonObject, numberAt, textAt } from '../../../kernel/json.ts'
import type { ApiRequest, ApiResponse } from '../api-request.ts'
import { invalidValue } from '../errors/causes.ts'
import { badRequest, conflict, invalid } from '../errors/status-error.ts'
import { definedOnly, metadataOf, objectAt, withMetadata } from '../objects/fields.ts'
import { selectorText } from '../selection/object-selector.ts'
import { structNamed } from '../shapes/shape.ts'
import { answer } from '../verbs/answer.ts'
import type { WriteContext } from '../verbs/create.ts'
import { type Engine, existing, keyOf, type Target } from '../verbs/engine.ts'
import { readPatch } from '../verbs/patch.ts'

/** GET …/scale. Throws StatusError. */
export const readScale = (engine: Engine, target: Target): ApiResponse => answer(200, scaleOf(existing(engine, target)))

/** PUT and PATCH …/scale. Throws StatusError. */
export function writeScale(
  engine: Engine,
  target: Target,
  { request, context }: { readonly request: ApiRequest; readonly context: WriteContext },
): ApiResponse {
  const object = existing(engine, target)
  const scale =
    request.method === 'PATCH' ? readPatch(request, structNamed('autoscaling.v1.Scale'))(scaleOf(object)) : request.body
  if (!isObject(scale) || textAt(scale, 'metadata', 'name') !== target.name) {
    throw badRequest(
      `the name of the object (${textAt(scale, 'metadata', 'name') ?? ''}) does not match the name on the URL (${target.name})`,
    )
  }
  const asked = textAt(scale, 'metadata', 'resourceVersion') ?? ''
  if (asked !== '' && asked !== textAt(object, 'metadata', 'resourceVersion'))
    throw conflict(target.resource, target.name)
  const replicas = numberAt(scale, 'spec', 'replicas') ?? 0
  if (replicas < 0) {
    const cause = invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, target.name, [cause])
  }
  if (context.dryRun || numberAt(object, 'spec', 'replicas') === replicas)
    return answer(200, scaleOf(scaled(object, replicas)))
  const stored = engine.storage.put(
    target.resource,
    { key: keyOf(target), object: scaled(object, replicas) },
    context.cause,
  )
  return answer(200, scaleOf(stored))
}

function scaled(object: JsonObject, replicas: number): JsonObject {
  if (numberAt(object, 'spec', 'replicas') === replicas) return object
  const generation = (numberAt(object, 'metadata', 'generation') ?? 0) + 1
  return { ...withMetadata(object, { generation }), spec: { ...objectAt(object, 'spec'), replicas } }
}

function scaleOf(object: JsonObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadataOf(object)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: definedOnly({ name, namespace, uid, resourceVersion, creationTimestamp }),
    spec: { replicas: numberAt(object, 'spec', 'replicas') ?? 0 },
    status: {
      replicas: numberAt(object, 'status', 'replicas') ?? 0,
      selector: selectorText(objectAt(objectAt(object, 'spec'), 'selector')),
    },
  }
}
