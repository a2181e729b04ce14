import { type JsonObject, listAt } from '../../../kernel/json.ts'
import type { ApiResponse } from '../api-request.ts'
import { metadataOf, objectAt, withMetadata } from '../objects/fields.ts'
import { present, presentUnstored } from '../resources/presentation.ts'
import { answer } from '../verbs/answer.ts'
import type { WriteContext } from '../verbs/create.ts'
import { type Engine, existing, keyOf, type Target } from '../verbs/engine.ts'

/** PUT namespaces/x/finalize: takes over `spec.finalizers`, labels and annotations; a terminating namespace without finalizers is gone. */
export function finalizeNamespace(
  engine: Engine,
  target: Target,
  { body, context }: { readonly body: JsonObject; readonly context: WriteContext },
): ApiResponse {
  const old = existing(engine, target)
  const finalizers = listAt(body, 'spec', 'finalizers').map(String)
  const { labels, annotations } = metadataOf(body)
  const object = {
    ...withMetadata(old, { labels, annotations }),
    spec: finalizers.length === 0 ? {} : { ...objectAt(old, 'spec'), finalizers },
  }
  const place = { key: keyOf(target), object }
  const isOver =
    objectAt(old, 'metadata')['deletionTimestamp'] !== undefined &&
    finalizers.length === 0 &&
    listAt(old, 'metadata', 'finalizers').length === 0
  if (!isOver) return answer(200, present(target.resource, engine.storage.put(target.resource, place, context.cause)))
  engine.storage.remove(target.resource, place, context.cause)
  return answer(200, presentUnstored(target.resource, object))
}
