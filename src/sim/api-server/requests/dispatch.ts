import { unreachable } from '../../../kernel/assert.ts'
import { textAt } from '../../../kernel/json.ts'
import { type Authorize, administrator, checkAccess, checkPathAccess } from '../access/authorize.ts'
import { answerReview } from '../access/reviews.ts'
import type { ApiRequest, ApiResponse, Cause, Verb } from '../api-request.ts'
import { discover } from '../discovery/discover.ts'
import { badRequest, resourceVersionTooLarge } from '../errors/status-error.ts'
import { present } from '../resources/presentation.ts'
import { bind } from '../subresources/binding.ts'
import { evict } from '../subresources/eviction.ts'
import { finalizeNamespace } from '../subresources/finalize-namespace.ts'
import { readScale, writeScale } from '../subresources/scale.ts'
import { answer } from '../verbs/answer.ts'
import { admitNamespace, create, type WriteContext } from '../verbs/create.ts'
import { remove } from '../verbs/delete.ts'
import { removeAll } from '../verbs/delete-collection.ts'
import { type Engine, existing, type Target, targetOf } from '../verbs/engine.ts'
import { list } from '../verbs/list.ts'
import { patch } from '../verbs/patch.ts'
import { readBody } from '../verbs/read-body.ts'
import { update } from '../verbs/update.ts'
import { checkAcceptable, presented, presentedList } from './accepted.ts'
import { listOptions, versionIn } from './list-options.ts'
import { deleteOptions, flagIn, writeOptions } from './options.ts'
import { noSuchPage, type Route, type RouteVerb, verbOf } from './route.ts'

/** One request that has one answer. Throws StatusError. */
export function dispatch(engine: Engine, authorize: Authorize, request: ApiRequest): ApiResponse {
  const user = request.user ?? administrator
  const found = engine.routes.known(request.path) === undefined ? discovered(engine, request) : undefined
  if (found !== undefined) {
    checkPathAccess(authorize, user, { verb: request.method.toLowerCase(), path: request.path })
    return found
  }
  const route = engine.routes.find(request.path)
  if (route === 'NoSuchPage') {
    checkPathAccess(authorize, user, { verb: request.method.toLowerCase(), path: request.path })
    return noSuchPage
  }
  const verb = verbOf(request.method, route)
  checkAcceptable(request)
  authorizeRoute(authorize, { user, route, verb })
  const response = warned(route, perform(engine, authorize, { request, route, verb, user }))
  return verb === 'list' || verb === 'deletecollection' ? response : presented(engine, route, { request, response })
}

const discovered = ({ registry }: Engine, { method, path, headers }: ApiRequest): ApiResponse | undefined =>
  discover({ method, path, accept: headers?.['accept'] }, registry.all)

export function authorizeRoute(
  authorize: Authorize,
  { user, route, verb }: { readonly user: string; readonly route: Route; readonly verb: Verb },
): void {
  const { resource, namespace, name, subresource } = route
  const access = { verb, group: resource.group, resource: resource.plural, subresource, namespace, name }
  checkAccess(authorize, { user, resource, access })
}

/** Versions that their CRD calls deprecated say so with every answer. */
function warned({ resource: { form } }: Route, response: ApiResponse): ApiResponse {
  const deprecation = form.kind === 'Custom' ? form.version.deprecation : undefined
  if (deprecation === undefined) return response
  const others = response.headers['warning'] === undefined ? [] : [response.headers['warning']]
  const warning = [`299 - ${JSON.stringify(deprecation)}`, ...others].join(', ')
  return { ...response, headers: { ...response.headers, warning } }
}

interface Asked {
  readonly request: ApiRequest
  readonly route: Route
  readonly verb: RouteVerb
  readonly user: string
}

function perform(engine: Engine, authorize: Authorize, asked: Asked): ApiResponse {
  const { request, route, verb } = asked
  switch (verb) {
    case 'get':
      return get(engine, route, request)
    case 'list':
      if (flagIn(request.query, 'watch') || route.watches) throw badRequest('a watch needs a stream')
      return presentedList(engine, route, { request, listed: list(engine, route, listOptions(request, false)) })
    case 'create':
      return createAt(engine, authorize, asked)
    case 'update':
      return updateAt(engine, asked)
    case 'patch': {
      const context = writeContext(asked, 'PatchOptions')
      if (route.subresource === 'scale') return writeScale(engine, targetOf(route), { request, context })
      return patch(engine, targetOf(route), { request, context, subresource: route.subresource })
    }
    case 'delete':
      return remove(engine, targetOf(route), { options: deleteOptions(request), cause: causeOf(asked) })
    case 'deletecollection': {
      const listed = removeAll(engine, route, {
        list: listOptions(request, false),
        options: deleteOptions(request),
        cause: causeOf(asked),
      })
      return presentedList(engine, route, { request, listed })
    }
    default:
      return unreachable(verb)
  }
}

function get(engine: Engine, route: Route, { query }: ApiRequest): ApiResponse {
  const version = versionIn(query?.['resourceVersion'] ?? '', false)
  const newest = engine.storage.revision
  if (version !== undefined && version > newest) throw resourceVersionTooLarge(String(version), newest)
  if (route.subresource === 'scale') return readScale(engine, targetOf(route))
  return answer(200, present(route.resource, existing(engine, targetOf(route))))
}

const causeOf = ({ verb, user, route }: Asked): Cause => ({ verb, user, subresource: route.subresource })

function writeContext(asked: Asked, kind: string): WriteContext {
  return { dryRun: writeOptions(asked.request, kind).dryRun, cause: causeOf(asked) }
}

function createAt(engine: Engine, authorize: Authorize, asked: Asked): ApiResponse {
  const { request, route, user } = asked
  const context = writeContext(asked, 'CreateOptions')
  const target = targetOf(route)
  if (route.subresource !== '') admitNamespace(engine, target)
  if (route.subresource === 'eviction') return evict(engine, target, { request, cause: context.cause })
  const isLegacyBinding = route.resource.storageKey === 'bindings'
  if (isLegacyBinding) return bind(engine, podNamedIn(engine, route, request), { body: request.body, context })
  if (route.subresource === 'binding') return bind(engine, target, { body: request.body, context })
  const decoded = readBody(route.resource, request, writeOptions(request, 'CreateOptions').fieldValidation)
  const reviewed = answerReview(authorize, {
    resource: route.resource,
    namespace: route.namespace,
    review: decoded,
    user,
  })
  return reviewed ?? create(engine, target, { decoded, context })
}

/** POST …/bindings is how it was said before pods had subresources. */
function podNamedIn(engine: Engine, route: Route, { body }: ApiRequest): Target {
  const pods = engine.registry.resolve('pods') ?? route.resource
  return { resource: pods, namespace: route.namespace, name: textAt(body, 'metadata', 'name') ?? '' }
}

function updateAt(engine: Engine, asked: Asked): ApiResponse {
  const { request, route } = asked
  const context = writeContext(asked, 'UpdateOptions')
  const target = targetOf(route)
  if (route.subresource === 'scale') return writeScale(engine, target, { request, context })
  const decoded = readBody(route.resource, request, writeOptions(request, 'UpdateOptions').fieldValidation)
  if (route.subresource === 'finalize') {
    return finalizeNamespace(engine, target, { body: decoded.object, context })
  }
  return update(engine, target, { decoded, context, subresource: route.subresource })
}
