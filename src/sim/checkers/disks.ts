import { nameOf } from '../world/fields.ts'
import type { Checker } from './checker.ts'

/**
 * No disk is ever written by two machines. What the operator may do can never bring that about: it deletes no pod, forces nothing,
 * and takes no Node away. Where somebody else has deleted the Node of one of the machines, the catastrophe is theirs.
 */
export function disksHaveOneWriter(): Checker {
  const deletedByOthers = new Set<string>()
  return {
    invariant: 'I15',
    judge: (happening, truth) => {
      if (happening.kind === 'Changed' && happening.change.plural === 'nodes' && happening.change.type === 'DELETED') {
        if (happening.change.request.user !== truth.user) deletedByOthers.add(nameOf(happening.change.object))
      }
      if (happening.kind !== 'World' || happening.event.kind !== 'DoubleWriter') return undefined
      const { disk, machines } = happening.event
      if (machines.some((machine) => deletedByOthers.has(machine))) return undefined
      return `${machines.join(' and ')} write to ${disk}, which is for one`
    },
  }
}
