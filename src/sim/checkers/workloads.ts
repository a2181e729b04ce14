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
    const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction$/.exec(request.path) ?? []
    if (namespace === undefined || name === undefined || status !== 201) return undefined
    const pod = truth.world.objects.get('pods', { namespace, name })
    // Gone at once: it never ran, and no budget speaks for it.
    return pod === undefined ? undefined : brokenBudget(truth, { namespace, app: labelsOf(pod)['app'] })
  },
}

/** Only the budgets of the pod that was evicted: another application may have lost its pods by itself. */
function brokenBudget(
  { world }: Truth,
  { namespace, app }: { readonly namespace: string; readonly app: string | undefined },
): string | undefined {
  for (const budget of world.objects.all('poddisruptionbudgets.policy')) {
    const isOther =
      textAt(budget, 'metadata', 'namespace') !== namespace ||
      textAt(budget, 'spec', 'selector', 'matchLabels', 'app') !== app
    const wanted = numberAt(budget, 'spec', 'minAvailable')
    if (isOther || app === undefined || wanted === undefined) continue
    const pods = world.objects
      .all('pods')
      .filter((pod) => textAt(pod, 'metadata', 'namespace') === namespace && labelsOf(pod)['app'] === app)
    const healthy = pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length
    if (healthy < wanted)
      return `an eviction left ${healthy} healthy pods of ${namespace}/${app}, its budget wants ${wanted}`
  }
  return undefined
}
