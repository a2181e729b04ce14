import { type Authorize, administrator } from '../access/authorize.ts'
import type { ApiRequest, ApiResponse, WatchHandle, WatchSink } from '../api-request.ts'
import { methodNotAllowed } from '../errors/status-error.ts'
import { readSelection, selectName } from '../selection/selection.ts'
import { negotiate } from '../tables/accept.ts'
import type { Engine } from '../verbs/engine.ts'
import { Watcher } from '../verbs/watch.ts'
import { checkAcceptable, shown } from './accepted.ts'
import { authorizeRoute } from './dispatch.ts'
import { listOptions } from './list-options.ts'
import { noSuchPage } from './route.ts'

export interface WatchHost {
  readonly engine: Engine
  readonly authorize: Authorize
  /** The open watches, by storage key. */
  readonly watchers: Map<string, Set<Watcher>>
}

/** Throws StatusError. */
export function openWatch(
  { engine, authorize, watchers }: WatchHost,
  request: ApiRequest,
  sink: WatchSink,
): WatchHandle | ApiResponse {
  const route = engine.routes.find(request.path)
  if (route === 'NoSuchPage') return noSuchPage
  const { resource, namespace, name, subresource } = route
  if (request.method !== 'GET' || subresource !== '' || !resource.verbs.includes('watch')) throw methodNotAllowed()
  checkAcceptable(request)
  authorizeRoute(authorize, { user: request.user ?? administrator, route, verb: 'watch' })
  const options = listOptions(request, true)
  const selected = readSelection(resource, options.labelSelector, options.fieldSelector)
  const selection = name === '' ? selected : selectName(selected, name)
  const show = shown(engine, resource, { form: negotiate(request.headers?.['accept']), request })
  const watcher = new Watcher({ resource, namespace, selection, options, show }, sink)
  return join(watchers, watcher, { engine, timeoutSeconds: options.timeoutSeconds })
}

interface Joining {
  readonly engine: Engine
  readonly timeoutSeconds: number | undefined
}

function join(watchers: WatchHost['watchers'], watcher: Watcher, { engine, timeoutSeconds }: Joining): WatchHandle {
  const peers = watchers.get(watcher.storageKey) ?? new Set<Watcher>()
  watchers.set(watcher.storageKey, peers)
  const stop = (): void => {
    peers.delete(watcher)
  }
  const close = (): void => {
    if (peers.delete(watcher)) watcher.end()
  }
  peers.add(watcher)
  try {
    if (!watcher.begin(engine.storage)) close()
  } catch (error) {
    stop()
    throw error
  }
  return { timeoutSeconds, stop, close }
}
