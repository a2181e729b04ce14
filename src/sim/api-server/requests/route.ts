import type { ApiResponse } from '../api-request.ts'
import { methodNotAllowed, noSuchResource, notFound } from '../errors/status-error.ts'
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

/** The routes of paths that were asked for before: a cluster asks for the same few, again and again. */
export class Routes {
  readonly #registry: Registry
  readonly #known = new Map<string, Route>()
  #generation = 0

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Undefined: `find` must read the path. */
  known(path: string): Route | undefined {
    return this.#generation === this.#registry.generation ? this.#known.get(path) : undefined
  }

  /** Not a path of the resource API: `NoSuchPage`. Throws a 404 or 405 with a Status. */
  find(path: string): Route | 'NoSuchPage' {
    const known = this.known(path)
    if (known !== undefined) return known
    const route = routeOf(this.#registry, path)
    if (route === 'NoSuchPage') return route
    if (this.#generation !== this.#registry.generation || this.#known.size >= knownMax) this.#known.clear()
    this.#generation = this.#registry.generation
    this.#known.set(path, route)
    return route
  }
}

const knownMax = 10_000

function routeOf(registry: Registry, path: string): Route | 'NoSuchPage' {
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

function readSegments(registry: Registry, groupVersion: GroupVersion, given: readonly string[]): Route | 'NoSuchPage' {
  const watches = given[0] === 'watch'
  const names = namesIn(watches ? given.slice(1) : given)
  const resource = registry.find(groupVersion.group, groupVersion.version, names.plural)
  if (registry.isCustomGroup(groupVersion.group) && isNoPage(resource, names)) return 'NoSuchPage'
  if (resource === undefined || names.isTooLong || !isInScope(resource, names)) throw noSuchResource()
  const { namespace, name, subresource } = names
  if (!isServed(resource, subresource))
    throw resource.form.kind === 'Custom' ? notFound(resource, name) : noSuchResource()
  return { resource, namespace, name, subresource, watches }
}

/** What no CRD serves is answered as if the group were not there. */
const isNoPage = (resource: ResourceDescriptor | undefined, { namespace }: Names): boolean =>
  resource === undefined || (!resource.namespaced && namespace !== '')

const isServed = ({ subresources }: ResourceDescriptor, name: string): boolean =>
  name === '' || subresources.some((known) => known.name === name)

interface Names {
  readonly namespace: string
  readonly plural: string
  readonly name: string
  readonly subresource: string
  readonly isTooLong: boolean
}

function namesIn(segments: readonly string[]): Names {
  const namespaced =
    segments[0] === 'namespaces' && segments.length > 2 && !namespaceSubresources.has(segments[2] ?? '')
  const [plural = '', name = '', subresource = '', ...tooMuch] = namespaced ? segments.slice(2) : segments
  return { namespace: namespaced ? (segments[1] ?? '') : '', plural, name, subresource, isTooLong: tooMuch.length > 0 }
}

/** All namespaces at once can be listed, but hold no single object. */
const isInScope = ({ namespaced }: ResourceDescriptor, { namespace, name }: Names): boolean =>
  namespaced ? namespace !== '' || name === '' : namespace === ''

/** `/namespaces/x/status` is of the namespace itself. */
const namespaceSubresources: ReadonlySet<string> = new Set(['status', 'finalize'])

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment
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
export function verbOf(method: string, route: Route): RouteVerb {
  const verb = verbsAt(route)[method]
  if (verb === undefined || !servedAt(route).includes(verb)) throw methodNotAllowed()
  const { resource, namespace } = route
  const needsNamespace = (verb === 'create' || verb === 'deletecollection') && resource.namespaced
  if (needsNamespace && namespace === '') throw resource.form.kind === 'Custom' ? noSuchResource() : methodNotAllowed()
  return verb
}

function verbsAt({ name, subresource }: Route): Readonly<Record<string, RouteVerb>> {
  if (subresource !== '') return subresourceVerbs
  return name === '' ? collectionVerbs : objectVerbs
}

function servedAt({ resource, subresource }: Route): readonly string[] {
  if (subresource === '') return resource.verbs
  return resource.subresources.find((known) => known.name === subresource)?.verbs ?? []
}
