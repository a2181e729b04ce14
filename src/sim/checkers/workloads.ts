import { numberAt, textAt } from '../../kernel/json.ts'
import { isReady, isTerminating, labelsOf } from '../world/fields.ts'
import type { Checker, Truth } from './checker.ts'

/** A running pod leaves by eviction alone, and no eviction takes an application below its budget. */
export const podsLeaveByEviction: Checker = {
  invariant: 'I14',
  judge: (happening, truth) => {
    if (happening.kind !== 'Served') return undefined
    const { request, status } = happening.served
    if (request.method === 'DELETE' && request.path.includes('/pods/'))
      return `${request.path} was deleted, not evicted`
    const [, namespace] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/[^/]+\/eviction$/.exec(request.path) ?? []
    if (namespace === undefined || status !== 201) return undefined
    return brokenBudget(truth, namespace)
  },
}

function brokenBudget({ world }: Truth, namespace: string): string | undefined {
  for (const budget of world.objects.all('poddisruptionbudgets.policy')) {
    if (textAt(budget, 'metadata', 'namespace') !== namespace) continue
    const app = textAt(budget, 'spec', 'selector', 'matchLabels', 'app')
    const wanted = numberAt(budget, 'spec', 'minAvailable')
    if (app === undefined || wanted === undefined) continue
    const pods = world.objects
      .all('pods')
      .filter((pod) => textAt(pod, 'metadata', 'namespace') === namespace && labelsOf(pod)['app'] === app)
    const healthy = pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length
    if (healthy < wanted)
      return `an eviction left ${healthy} healthy pods of ${namespace}/${app}, its budget wants ${wanted}`
  }
  return undefined
}
