import { isObject, type JsonObject, textAt } from '../../../kernel/json.ts'
import type { ApiResponse, Cause } from '../api-request.ts'
import {
  alreadyExists,
  badRequest,
  forbidden,
  internal,
  invalid,
  notFound,
  StatusError,
  type Subject,
} from '../errors/status-error.ts'
import { metadataOf, withMetadata } from '../objects/fields.ts'
import { finalizerWarnings, validateMetadata } from '../objects/metadata-rules.ts'
import { goTime } from '../objects/times.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'
import { present, presentUnstored } from '../resources/presentation.ts'
import { emptyOf } from '../shapes/decode-typed.ts'
import { isTerminatingNamespace } from '../strategies/namespace.ts'
import { answer } from './answer.ts'
import { type Engine, keyOf, storedAt, strategyContext, type Target } from './engine.ts'
import type { Decoded } from './read-body.ts'

export interface WriteContext {
  readonly dryRun: boolean
  readonly cause: Cause
}

/** Throws StatusError. */
export function create(
  engine: Engine,
  target: Target,
  { decoded, context }: { readonly decoded: Decoded; readonly context: WriteContext },
): ApiResponse {
  const { resource } = target
  const named = withName(engine, placed(target, decoded.object))
  const name = textAt(named, 'metadata', 'name') ?? ''
  admitNamespace(engine, { ...target, name })
  const object = canonical(resource, prepared(engine, resource, named))
  const causes = [...validateMetadata(object, resource.strategy), ...resource.strategy.validate(object)]
  if (causes.length > 0) throw invalid(judgedAs(resource), name, causes)
  const asked = textAt(decoded.object, 'metadata', 'resourceVersion') ?? ''
  if (asked !== '' && asked !== '0') throw internal('resourceVersion should not be set on objects to be created')
  const place = { ...target, name }
  const before = storedAt(engine, place)
  if (before !== undefined) throw alreadyExists(resource, name, metadataOf(before)['deletionTimestamp'] !== undefined)
  const warnings = [...decoded.warnings, ...finalizerWarnings(object, {}, resource.strategy)]
  if (context.dryRun) return answer(201, presentUnstored(resource, object), warnings)
  const stored = engine.storage.put(resource, { key: keyOf(place), object }, context.cause)
  return answer(201, present(resource, stored), warnings)
}

function placed({ resource, namespace }: Target, object: JsonObject): JsonObject {
  const given = textAt(object, 'metadata', 'namespace') ?? ''
  if (!resource.namespaced) return given === '' ? object : withMetadata(object, { namespace: undefined })
  if (given !== '' && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  return withMetadata(object, { namespace })
}

const generatedLengthMax = 63 - 5

function withName(engine: Engine, object: JsonObject): JsonObject {
  const generateName = textAt(object, 'metadata', 'generateName') ?? ''
  if ((textAt(object, 'metadata', 'name') ?? '') !== '' || generateName === '') return object
  return withMetadata(object, { name: `${generateName.slice(0, generatedLengthMax)}${engine.identities.nameSuffix()}` })
}

/** The NamespaceLifecycle admission plugin. Throws 404 or 403. */
export function admitNamespace({ storage, registry }: Engine, { resource, namespace, name }: Target): void {
  if (!resource.namespaced) return
  const namespaces = registry.resolve('namespaces')
  const found = namespaces === undefined ? undefined : storage.storeOf(namespaces).get(namespace)
  if (found === undefined) throw notFound({ group: '', plural: 'namespaces', kind: 'Namespace' }, namespace)
  if (isTerminatingNamespace(found)) throw terminating(resource, name, namespace)
}

function terminating(subject: Subject, name: string, namespace: string): StatusError {
  const refused = forbidden(
    subject,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
  const { details } = refused.status
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  }
  return new StatusError({
    code: 403,
    reason: 'Forbidden',
    message: refused.message,
    details: { ...(isObject(details) ? details : {}), causes: [cause] },
  })
}

/** Events of events.k8s.io are judged as those of the core group, where they are stored. */
export const judgedAs = ({
  group,
  kind,
  storageKey,
}: ResourceDescriptor): { readonly group: string; readonly kind: string } =>
  storageKey === 'events' ? { group: '', kind } : { group, kind }

/** A strategy may drop the status: then the type's own empty one appears, as Go has it. */
function canonical({ form }: ResourceDescriptor, object: JsonObject): JsonObject {
  if (form.kind === 'Custom' || object['status'] !== undefined) return object
  const { status } = emptyOf(form.struct)
  return status === undefined ? object : { ...object, status }
}

function prepared(engine: Engine, { strategy }: ResourceDescriptor, object: JsonObject): JsonObject {
  const context = strategyContext(engine)
  const { labels, annotations, finalizers, ownerReferences, name, generateName, namespace, generation } =
    metadataOf(object)
  const kept = { name, generateName, namespace, labels, annotations, ownerReferences, finalizers }
  const system = {
    uid: engine.identities.uid(),
    creationTimestamp: goTime(context.now),
    // Kinds that do not count it keep what they are given.
    generation: strategy.generation === undefined ? generation : 1,
  }
  return strategy.prepareForCreate(withMetadata({ ...object, metadata: {} }, { ...kept, ...system }), context)
}
