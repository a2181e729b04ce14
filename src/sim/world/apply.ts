import { isObject, type JsonObject, listAt, textAt } from '../../kernel/json.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import type { WorldClient } from '../api-server/world-client.ts'
import { refOf } from './fields.ts'

/** Creates what is not there yet, in order, as `kubectl apply` does on a new cluster. Throws on a kind that is not served. */
export function apply(server: ApiServer, api: WorldClient, manifests: readonly JsonObject[]): void {
  for (const manifest of manifests) {
    const resource = resourceOf(server, manifest)
    if (api.get(resource, refOf(manifest)) === undefined) api.create(resource, manifest)
  }
}

/** Asks discovery, like every client that is given a kind and needs a path. */
function resourceOf(server: ApiServer, manifest: JsonObject): string {
  const apiVersion = textAt(manifest, 'apiVersion') ?? ''
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const { body } = server.handle({ method: 'GET', path })
  const served = listAt(body, 'resources').filter(isObject)
  const found = served.find(
    ({ kind, name }) => kind === manifest['kind'] && typeof name === 'string' && !name.includes('/'),
  )
  const plural = textAt(found, 'name')
  if (plural === undefined)
    throw new Error(`the embedded API server does not serve ${apiVersion} ${textAt(manifest, 'kind') ?? ''}`)
  const [group] = apiVersion.includes('/') ? apiVersion.split('/') : ['']
  return group === '' || group === undefined ? plural : `${plural}.${group}`
}
