import type { JsonObject } from '../../../kernel/json.ts'
import { badRequest, expired, resourceVersionTooLarge, StatusError } from '../errors/status-error.ts'
import type { ListOptions } from '../requests/list-options.ts'
import { apiVersionOf, type ResourceDescriptor } from '../resources/descriptor.ts'
import { presentItem } from '../resources/presentation.ts'
import { readSelection, type Selection } from '../selection/selection.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { readToken, writeToken } from './continue-token.ts'
import type { Engine } from './engine.ts'

export interface Listed {
  /** As stored. */
  readonly objects: readonly JsonObject[]
  readonly revision: number
  readonly continue: string
  readonly remaining: number | undefined
}

export interface Scope {
  readonly resource: ResourceDescriptor
  readonly namespace: string
}

/** Throws StatusError. */
export function list({ storage }: Engine, { resource, namespace }: Scope, options: ListOptions): Listed {
  const selection = readSelection(resource, options.labelSelector, options.fieldSelector)
  const store = storage.storeOf(resource)
  const { revision, start } = startOf(options, storage.revision)
  const source =
    revision === storage.revision
      ? presentObjects(store, { namespace, selection, namespaced: resource.namespaced })
      : pastObjects(store, { namespace, revision, start })
  // From the cache (resourceVersion 0) everything comes at once, whatever the limit.
  const limit = options.resourceVersion === 0 && start === '' ? 0 : options.limit
  return page(source, { selection, start, limit, revision })
}

function startOf(
  { continue: token, resourceVersion, match, limit }: ListOptions,
  newest: number,
): { readonly revision: number; readonly start: string } {
  if (token !== '') {
    if (resourceVersion !== undefined && resourceVersion !== 0)
      throw badRequest('specifying resource version is not allowed when using continue')
    const { revision, start } = readToken(token)
    return { revision: revision < 0 ? newest : revision, start }
  }
  if (resourceVersion !== undefined && resourceVersion > newest)
    throw resourceVersionTooLarge(String(resourceVersion), newest)
  const isExact = match === 'Exact' || (match === undefined && limit > 0)
  return {
    revision: resourceVersion !== undefined && resourceVersion > 0 && isExact ? resourceVersion : newest,
    start: '',
  }
}

interface Source {
  readonly keys: readonly string[]
  readonly get: (key: string) => JsonObject | undefined
}

interface Wanted {
  readonly namespace: string
  readonly namespaced: boolean
  readonly selection: Selection
}

function presentObjects(store: ObjectStore, { namespace, namespaced, selection }: Wanted): Source {
  const get = (key: string): JsonObject | undefined => store.get(key)
  for (const { path, value } of selection.exact) {
    if (path === 'metadata.name' && (namespace !== '' || !namespaced))
      return { keys: [namespaced ? `${namespace}/${value}` : value], get }
    const keys = store.keysByField(path, value, namespace)
    if (keys !== undefined) return { keys, get }
  }
  return { keys: store.keys(namespace), get }
}

function pastObjects(
  store: ObjectStore,
  at: { readonly namespace: string; readonly revision: number; readonly start: string },
): Source {
  const then = store.at(at.revision)
  if (then === undefined)
    throw at.start !== '' ? expiredToken(at.start) : expired('The resourceVersion for the provided list is too old.')
  const prefix = at.namespace === '' ? '' : `${at.namespace}/`
  const keys = [...then.keys()].filter((key) => key.startsWith(prefix)).toSorted()
  return { keys, get: (key) => then.get(key) }
}

const expiredText =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
  'without the continue parameter, or use the continue token in this response to retrieve the remainder of ' +
  'the results. Continuing with the provided token results in an inconsistent list - objects that were ' +
  'created, modified, or deleted between the time the first chunk was returned and now may show up in the ' +
  'list.'

/** The token it carries goes on behind the same key, in the world of now: revision -1. */
const expiredToken = (start: string): StatusError =>
  new StatusError({
    code: 410,
    reason: 'Expired',
    message: expiredText,
    metadata: { continue: writeToken({ revision: -1, start }) },
  })

interface Page {
  readonly selection: Selection
  readonly start: string
  readonly limit: number
  readonly revision: number
}

function page(source: Source, { selection, start, limit, revision }: Page): Listed {
  const { keys } = source
  const { objects, next } = take(source, { selection, limit, from: start === '' ? 0 : firstAfter(keys, start) })
  const rest = keys.length - next
  // Whether what follows would match is not looked at: an empty last page is possible, as with the real server.
  const more = rest > 0
  return {
    objects,
    revision,
    continue: more ? writeToken({ revision, start: keys[next - 1] ?? '' }) : '',
    remaining: more && selection.isEverything ? rest : undefined,
  }
}

/** `limit` 0: all. */
function take(
  { keys, get }: Source,
  { selection, limit, from }: { readonly selection: Selection; readonly limit: number; readonly from: number },
): { readonly objects: readonly JsonObject[]; readonly next: number } {
  const objects: JsonObject[] = []
  for (let index = from; index < keys.length; index += 1) {
    const object = get(keys[index] ?? '')
    if (object !== undefined && selection.matches(object)) objects.push(object)
    if (limit > 0 && objects.length === limit) return { objects, next: index + 1 }
  }
  return { objects, next: keys.length }
}

function firstAfter(keys: readonly string[], start: string): number {
  const index = keys.findIndex((key) => key > start)
  return index === -1 ? keys.length : index
}

/** The list as a client sees it. */
export function presentList(resource: ResourceDescriptor, { objects, ...listed }: Listed): JsonObject {
  return {
    kind: resource.listKind,
    apiVersion: apiVersionOf(resource),
    // Lists of custom resources always name the token, empty or not.
    metadata: resource.form.kind === 'Custom' ? { continue: '', ...listMetadata(listed) } : listMetadata(listed),
    items: objects.map((object) => presentItem(resource, object)),
  }
}

export const listMetadata = ({ revision, continue: token, remaining }: Omit<Listed, 'objects'>): JsonObject => ({
  resourceVersion: String(revision),
  ...(token === '' ? {} : { continue: token }),
  ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
})
