import type { JsonObject } from '../../../kernel/json.ts'
import { negotiate, notAcceptable } from '../tables/accept.ts'
import { aggregatedDiscovery, aggregatedType } from './aggregated.ts'
import type { Discover, DiscoveredResource, DiscoveryAnswer } from './discovered-resource.ts'
import { coreVersions, groupList, groupsOf, oneGroup, resourceList } from './groups.ts'
import { openApiDocument, openApiIndex } from './openapi.ts'

/** Answers what a client asks before it knows the server: what is served, how it looks, and whether it is well. */
export const discover: Discover = ({ method, path, accept }, resources) => {
  const answer = route(path.replace(/\/$/, '') || '/')
  if (answer === undefined) return undefined
  return method === 'GET' ? answer({ accept, resources }) : status(405, methodNotAllowed)
}

interface Asked {
  readonly accept: string | undefined
  readonly resources: readonly DiscoveredResource[]
}

type Answerer = (asked: Asked) => DiscoveryAnswer

function route(path: string): Answerer | undefined {
  if (path === '/api' || path === '/apis') return (asked) => roots(path, asked)
  if (path === '/version') return () => json(version)
  if (path === '/') return ({ resources }) => json({ paths: pathsOf(resources) })
  if (/^\/(livez|readyz|healthz)(\/[\w-]+)?$/.test(path)) return () => text(200, 'ok')
  if (path.startsWith('/openapi/')) return (asked) => openApi(path, asked)
  const [, core, group, groupVersion] = /^\/(?:api\/([^/]+)|apis\/([^/]+)(?:\/([^/]+))?)$/.exec(path) ?? []
  if (core !== undefined) return ({ resources }) => orNotFound(resourceList(resources, core))
  if (group === undefined) return undefined
  return ({ resources }) => ofGroup(resources, group, groupVersion)
}

function roots(path: '/api' | '/apis', { accept, resources }: Asked): DiscoveryAnswer {
  const wanted = negotiate(accept)
  if (wanted.kind === 'NotAcceptable') return status(406, notAcceptable)
  if (wanted.kind === 'APIGroupDiscoveryList')
    return { ...json(aggregatedDiscovery(resources, path)), headers: { 'content-type': aggregatedType } }
  return json(path === '/api' ? coreVersions(resources) : groupList(resources))
}

function ofGroup(
  resources: readonly DiscoveredResource[],
  group: string,
  version: string | undefined,
): DiscoveryAnswer {
  const known = oneGroup(resources, group)
  if (known === undefined) return pageNotFound
  return version === undefined ? json(known) : orNotFound(resourceList(resources, `${group}/${version}`))
}

function openApi(path: string, { accept, resources }: Asked): DiscoveryAnswer {
  const isJson = negotiate(accept).kind === 'Json'
  if (!isJson) return status(406, notAcceptable)
  if (path === '/openapi/v2')
    return json({ swagger: '2.0', info: { title: 'Kubernetes', version: version.gitVersion }, paths: {} })
  if (path === '/openapi/v3') return json(openApiIndex(resources))
  const document = openApiDocument(resources, path.replace(/^\/openapi\/v3\//, ''))
  return document === undefined ? pageNotFound : json(document)
}

const pathsOf = (resources: readonly DiscoveredResource[]): readonly string[] => [
  '/api',
  '/api/v1',
  '/apis',
  ...[...groupsOf(resources)].flatMap(([group, versions]) => [
    `/apis/${group}`,
    ...versions.map((version) => `/apis/${group}/${version}`),
  ]),
  '/healthz',
  '/livez',
  '/openapi/v2',
  '/openapi/v3',
  '/readyz',
  '/version',
]

/** The Kubernetes that is imitated; the missing build tells that it is imitated. */
const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.4',
  gitCommit: 'embedded',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
}

const json = (body: unknown): DiscoveryAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body,
})

const status = (code: number, body: JsonObject): DiscoveryAnswer => ({ ...json(body), status: code })

const text = (code: number, body: string): DiscoveryAnswer => ({
  status: code,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
})

const pageNotFound = text(404, '404 page not found\n')

const orNotFound = (body: JsonObject | undefined): DiscoveryAnswer =>
  body === undefined ? status(404, notFound) : json(body)

const failure = (code: number, reason: string, message: string): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details: {},
  code,
})

const notFound = failure(404, 'NotFound', 'the server could not find the requested resource')

const methodNotAllowed = failure(
  405,
  'MethodNotAllowed',
  'the server does not allow this method on the requested resource',
)
