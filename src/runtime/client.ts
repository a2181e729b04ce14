import { podKind } from '../api/core/pod.ts'
import { apiVersionOf, type Kind, type KubeObject } from '../api/kind.ts'
import { isObject, type JsonObject, textAt } from '../kernel/json.ts'
import { seconds } from '../kernel/time.ts'
import type { Cluster, ListQuery, NewObject, ObjectRef, Patch } from '../ports/cluster.ts'
import { ConflictError, ExpiredError, NotFoundError, TimeoutError, UnavailableError } from '../ports/errors.ts'
import type { Transport, TransportRequest, TransportResponse } from '../ports/transport.ts'
import { evictionBody, evictionOutcome, evictionPath } from './eviction.ts'
import { pagesOf } from './list-pages.ts'
import { collectionPath, objectPath } from './resource-path.ts'
import { causesOf, errorOf } from './status-error.ts'

/** Shorter than `clusterTravelMaxMs`, which the fence and the hold stand on: the server gives up when we do. */
const effectTimeoutMs = seconds(5)
const readTimeoutMs = seconds(5)

type Lane = TransportRequest['lane']

/** Kubernetes over a transport. Reads are quorum reads: no resourceVersion is asked for, so no cache may answer. */
export function clusterOver(transport: Transport, lane: Lane = 'Request'): Cluster {
  const { read, write } = requesterOf(transport, lane)

  const getOne: Cluster['get'] = async (kind, ref) => {
    const doing = `getting ${nameOf(kind, ref)}`
    const answer = await read(objectPath(kind, ref))
    if (answer.status === 404 && errorOf(answer, doing) instanceof NotFoundError) return undefined
    return stored(kind, answer, doing)
  }

  const get: Cluster['get'] = async (kind, ref) => await withoutEffect(getOne(kind, ref))

  return {
    get,
    list: async (kind, query = {}) => await withoutEffect(listWhole(transport, { kind, query, lane })),

    create: async (kind, object) => {
      const answer = await write(createRequest(kind, object))
      return stored(kind, answer, `creating ${kind.plural} ${textAt(object, 'metadata', 'name')}`)
    },

    patch: async (kind, ref, patch) => {
      const doing = `patching ${nameOf(kind, ref)}`
      const answer = await write(patchRequest(kind, ref, patch))
      if (isFailedTest(answer, patch)) throw new ConflictError(`${doing}: it has changed since it was read`)
      return stored(kind, answer, doing)
    },

    remove: async (kind, ref, { uid, propagation = 'Background' }) => {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid }, propagationPolicy: propagation }
      const answer = await write({ method: 'DELETE', path: objectPath(kind, ref), body })
      const error = isSuccess(answer) ? undefined : errorOf(answer, `deleting ${nameOf(kind, ref)}`)
      if (error !== undefined && !(error instanceof NotFoundError)) throw error
    },

    evict: async (pod, options = {}) => {
      const doing = `evicting ${nameOf(podKind, pod)}`
      const answer = await write({ method: 'POST', path: evictionPath(pod), body: evictionBody(pod, options) })
      const outcome = evictionOutcome(answer, doing)
      if (outcome !== undefined) return outcome
      const current = await get(podKind, pod)
      if (current?.metadata.uid === pod.uid) throw errorOf(answer, doing)
      return { kind: 'Gone' }
    },
  }
}

type Effect = Pick<TransportRequest, 'method' | 'path' | 'body' | 'headers'>

interface Requester {
  readonly read: (path: string) => Promise<TransportResponse>
  readonly write: (effect: Effect) => Promise<TransportResponse>
}

const requesterOf = (transport: Transport, lane: Lane): Requester => ({
  read: async (path) => await transport.request({ method: 'GET', path, timeoutMs: readTimeoutMs, lane }),
  write: async (effect) =>
    await transport.request({
      ...effect,
      query: { timeout: `${effectTimeoutMs / 1_000}s` },
      timeoutMs: effectTimeoutMs,
      lane,
    }),
})

/** A read that got no answer has changed nothing: nobody need wait until a lost effect can no longer land. */
async function withoutEffect<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof TimeoutError) throw new UnavailableError(error.message, { cause: error.cause })
    throw error
  }
}

const restartsMax = 3

interface Whole<Thing extends KubeObject> {
  readonly kind: Kind<Thing>
  readonly query: ListQuery
  readonly lane: Lane
}

async function listWhole<Thing extends KubeObject>(
  transport: Transport,
  whole: Whole<Thing>,
): Promise<readonly Thing[]> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      return await listOnce(transport, whole)
    } catch (error) {
      if (!(error instanceof ExpiredError) || restarts === restartsMax) throw error
    }
  }
}

async function listOnce<Thing extends KubeObject>(
  transport: Transport,
  whole: Whole<Thing>,
): Promise<readonly Thing[]> {
  const found: Thing[] = []
  for await (const { objects } of pagesOf(transport, whole)) {
    for (const raw of objects) found.push(whole.kind.project(raw))
  }
  return found
}

function createRequest(kind: Kind, object: NewObject): Effect {
  const path = collectionPath(kind, textAt(object, 'metadata', 'namespace'))
  return { method: 'POST', path, body: { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind } }
}

function patchRequest(kind: Kind, ref: ObjectRef, patch: Patch): Effect {
  if (patch.type === 'Json') {
    const body = patch.operations.map((operation): JsonObject => ({ ...operation }))
    return {
      method: 'PATCH',
      path: objectPath(kind, ref),
      body,
      headers: { 'content-type': 'application/json-patch+json' },
    }
  }
  const metadata = isObject(patch.body['metadata']) ? patch.body['metadata'] : {}
  const body = { ...patch.body, metadata: { ...metadata, resourceVersion: patch.resourceVersion } }
  const path = objectPath(kind, ref, patch.subresource)
  return { method: 'PATCH', path, body, headers: { 'content-type': 'application/merge-patch+json' } }
}

/** The API server answers a failed `test` with 422 and names no field; a refused value comes with its field. */
const isFailedTest = (answer: TransportResponse, patch: Patch): boolean =>
  answer.status === 422 &&
  patch.type === 'Json' &&
  patch.operations.some(({ op }) => op === 'test') &&
  causesOf(answer).every(({ field }) => field === '')

const isSuccess = ({ status }: TransportResponse): boolean => status >= 200 && status < 300

function stored<Thing extends KubeObject>(kind: Kind<Thing>, answer: TransportResponse, doing: string): Thing {
  if (!isSuccess(answer)) throw errorOf(answer, doing)
  if (!isObject(answer.body)) throw new TimeoutError(`${doing}: the answer was no object`)
  return kind.project(answer.body)
}

const nameOf = ({ plural }: Kind, { namespace, name }: ObjectRef): string =>
  namespace === undefined || namespace === '' ? `${plural} ${name}` : `${plural} ${namespace}/${name}`
