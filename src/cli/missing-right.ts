import type { Kind } from '../api/kind.ts'
import { type Right, userRoles } from '../api/rights.ts'
import type { Cluster } from '../ports/cluster.ts'
import { RefusedError } from '../ports/errors.ts'

/** The same cluster; what it forbids says which right is missing, and which of our roles has it. */
export function namingRights(cluster: Cluster): Cluster {
  const named = async <Answer>(verb: Right['verbs'][number], kind: Named, answer: Promise<Answer>): Promise<Answer> => {
    try {
      return await answer
    } catch (error) {
      if (!(error instanceof RefusedError) || error.status !== 403) throw error
      throw new RefusedError(`${error.message}; ${rightInWords(verb, kind)}`, error)
    }
  }
  return {
    get: async (kind, ref) => await named('get', kind, cluster.get(kind, ref)),
    list: async (kind, query) => await named('list', kind, cluster.list(kind, query)),
    create: async (kind, object) => await named('create', kind, cluster.create(kind, object)),
    patch: async (kind, ref, patch) => await named('patch', kind, cluster.patch(kind, ref, patch)),
    remove: async (kind, ref, options) => await named('delete', kind, cluster.remove(kind, ref, options)),
    evict: cluster.evict,
  }
}

type Named = Pick<Kind, 'group' | 'plural'>

function rightInWords(verb: Right['verbs'][number], { group, plural }: Named): string {
  const resource = group === '' ? plural : `${plural}.${group}`
  const role = userRoles.find(({ rights }) =>
    rights.some(
      (right) => right.group === group && right.resources.includes(plural) && right.verbs.some((one) => one === verb),
    ),
  )
  const grants = role === undefined ? '' : `, which ClusterRole ${role.name} grants`
  return `it takes the right to ${verb} ${resource}${grants}`
}
