import { WorldClient } from '../api-server/world-client.ts'
import type { World } from '../world/world.ts'

const touchable = /\/(nodes|noderemediations|disruptionledgers|nodehealths)\/([^/]+)(?:\/status)?$/

/** Somebody who has nothing to do with us, and touches the object that we are about to write. */
export function passerBy(world: World): (path: string) => void {
  const client = new WorldClient(world.server, 'passer-by')
  return (path) => {
    const [, plural, name] = touchable.exec(path) ?? []
    if (plural === undefined || name === undefined) return
    const resource = plural === 'nodes' ? plural : `${plural}.prunella.dev`
    if (world.objects.get(resource, { name }) === undefined) return
    const touched = String(world.server.resourceVersion)
    client.patch(resource, { name }, { metadata: { annotations: { 'example.com/touched': touched } } })
  }
}
