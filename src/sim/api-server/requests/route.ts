import type { ApiRequest, ApiResponse } from '../api-request.ts'
import { methodNotAllowed, noSuchResource } from '../errors/status-error.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'
import type { Registry } from '../resources/registry.ts'

/** Where a request goes. */
export interface Route {
  readonly resource: ResourceDescriptor
  /** Empty: cluster-scoped, or all namespaces. */
  readonly namespace: string
  /** Empty: the collection. */
  readonly name: string
  readonly subresource: string
  /** The deprecated `/watch/` prefix. */
  readonly watches: boolean
}

/** Undefined: not a path of the resource API. Throws a 404 or 405 with a Status. */
export function routeOf(registry: Registry, { path }: Pick<ApiRequest, 'path'>): Route | 'NoSuchPage' {
  const [root = '', ...rest] = path.split('/').slice(1).map(decoded)
  if (root === 'api') {
    const [version = '', ...segments] = rest
    return readSegments(registry, { group: '', version }, segments)
  }
  const [group = '', version = '', ...segments] = rest
  if (root !== 'apis' || !registry.hasGroup(group)) return 'NoSuchPage'
  return readSegments(registry, { group, version }, segments)
}

interface GroupVersion {
  readonly group: string
  readonly version: string
}

function readSegments(
  registry: Registry,
  { group, version }: GroupVersion,
  given: readonly string[],
): Route | 'NoSuchPage' {
  const watches = given[0] === 'watch'
  const segments = watches ? given.slice(1) : given
  const namespaced =
    segments[0] === 'namespaces' && segments.length > 2 && !namespaceSubresources.has(segments[2] ?? '')
  const [plural = '', name = '', subresource = '', ...tooMuch] = namespaced ? segments.slice(2) : segments
  const namespace = namespaced ? (segments[1] ?? '') : ''
  const resource = registry.find(group, version, plural)
  if (resource === undefined && registry.isCustomGroup(group)) return 'NoSuchPage'
  if (resource === undefined || tooMuch.length > 0 || namespaced !== (resource.namespaced && namespace !== ''))
    throw noSuchResource()
  if (resource.namespaced && !namespaced && name !== '') throw noSuchResource()
  if (subresource !== '' && !resource.subresources.some((known) => known.name === subresource)) throw noSuchResource()
  return { resource, namespace, name, subresource, watches }
}

/** `/namespaces/x/status` is of the namespace itself. */
const namespaceSubresources: ReadonlySet<string> = new Set(['status', 'finalize'])

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** A path that no group serves is not even answered in JSON. */
export const noSuchPage: ApiResponse = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: '404 page not found\n',
}

export type RouteVerb = 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

const collectionVerbs: Readonly<Record<string, RouteVerb>> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' }
const objectVerbs: Readonly<Record<string, RouteVerb>> = { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
const subresourceVerbs: Readonly<Record<string, RouteVerb>> = {
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  POST: 'create',
}

/** What a method means on a route. Throws a 405. */
export function verbOf(method: string, { resource, namespace, name, subresource }: Route): RouteVerb {
  const table = subresource !== '' ? subresourceVerbs : name === '' ? collectionVerbs : objectVerbs
  const verb = table[method]
  const served =
    subresource === ''
      ? resource.verbs
      : (resource.subresources.find((known) => known.name === subresource)?.verbs ?? [])
  if (verb === undefined || !served.includes(verb)) throw methodNotAllowed()
  const needsNamespace = verb === 'create' || verb === 'deletecollection'
  if (needsNamespace && resource.namespaced && namespace === '')
    throw resource.form.kind === 'Custom' ? noSuchResource() : methodNotAllowed()
  return verb
}
