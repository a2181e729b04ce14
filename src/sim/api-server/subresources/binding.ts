import { isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { ApiResponse } from '../api-request.ts'
import { badRequest, conflict } from '../errors/status-error.ts'
import { setCondition } from '../objects/conditions.ts'
import { definedOnly, metadataOf, objectAt, withMetadata } from '../objects/fields.ts'
import { goTime } from '../objects/times.ts'
import { success } from '../verbs/answer.ts'
import type { WriteContext } from '../verbs/create.ts'
import { type Engine, existing, keyOf, type Target } from '../verbs/engine.ts'

/** POST pods/x/binding: the scheduler's decision. Throws StatusError. */
export function bind(
  engine: Engine,
  target: Target,
  { body, context }: { readonly body: unknown; readonly context: WriteContext },
): ApiResponse {
  const binding = isObject(body) ? body : {}
  if ((textAt(binding, 'metadata', 'name') ?? '') !== target.name)
    throw badRequest('name in URL does not match name in Binding object')
  const pod = existing(engine, target)
  const subject = { ...target.resource, plural: 'pods/binding' }
  const refusal = whyNot(pod, binding)
  if (refusal !== undefined) throw conflict(subject, target.name, refusal)
  if (context.dryRun) return success(201)
  const bound = assigned(pod, binding, goTime(engine.now()))
  engine.storage.put(target.resource, { key: keyOf(target), object: bound }, context.cause)
  return success(201)
}

function whyNot(pod: JsonObject, binding: JsonObject): string | undefined {
  const name = textAt(pod, 'metadata', 'name') ?? ''
  const node = textAt(pod, 'spec', 'nodeName') ?? ''
  const [asked, actual] = [textAt(binding, 'metadata', 'uid') ?? '', textAt(pod, 'metadata', 'uid') ?? '']
  if (asked !== '' && asked !== actual)
    return `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${actual}`
  if (metadataOf(pod)['deletionTimestamp'] !== undefined)
    return `pod ${name} is being deleted, cannot be assigned to a host`
  if (node !== '') return `pod ${name} is already assigned to node "${node}"`
  return listAt(pod, 'spec', 'schedulingGates').length > 0
    ? `pod ${name} has non-empty .spec.schedulingGates`
    : undefined
}

function assigned(pod: JsonObject, binding: JsonObject, now: string): JsonObject {
  const { annotations, labels } = metadataOf(binding)
  const metadata = metadataOf(pod)
  const status = objectAt(pod, 'status')
  const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null }
  const merged = {
    annotations: isObject(annotations)
      ? { ...objectAt(metadata, 'annotations'), ...annotations }
      : metadata['annotations'],
    labels: isObject(labels) ? { ...objectAt(metadata, 'labels'), ...labels } : metadata['labels'],
  }
  return {
    ...withMetadata(pod, merged),
    spec: { ...objectAt(pod, 'spec'), nodeName: textAt(binding, 'target', 'name') ?? '' },
    status: definedOnly({ ...status, nominatedNodeName: undefined, conditions: setCondition(status, condition, now) }),
  }
}
