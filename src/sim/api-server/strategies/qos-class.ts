import { isObject, type JsonObject, listAt } from '../../../kernel/json.ts'
import { objectAt } from '../objects/fields.ts'

/** Guaranteed: every container has limits for cpu and memory, and requests equal to them. BestEffort: none says anything. */
export function qosClassOf(pod: JsonObject): string {
  const spec = objectAt(pod, 'spec')
  const resources = ['containers', 'initContainers']
    .flatMap((list) => listAt(spec, list))
    .map((container) => (isObject(container) ? objectAt(container, 'resources') : {}))
  if (!resources.some((each) => speaks(each, 'requests') || speaks(each, 'limits'))) return 'BestEffort'
  return resources.every(isGuaranteed) ? 'Guaranteed' : 'Burstable'
}

const compute = ['cpu', 'memory']

const speaks = (resources: JsonObject, of: string): boolean =>
  compute.some((name) => objectAt(resources, of)[name] !== undefined)

function isGuaranteed(resources: JsonObject): boolean {
  const [requests, limits] = [objectAt(resources, 'requests'), objectAt(resources, 'limits')]
  return compute.every((name) => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name])
}
