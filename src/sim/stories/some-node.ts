import type { Prng } from '../../kernel/prng.ts'
import { labelsOf, nameOf } from '../world/fields.ts'
import { poolLabel } from '../world/karpenter/node-pool.ts'
import type { World } from '../world/world.ts'

/** Undefined: there is none of the kind. Only nodes that are there. */
export function someNode(world: World, prng: Prng, kind: 'Iron' | 'Rented'): string | undefined {
  const names = world.objects
    .all('nodes')
    .filter((node) => (labelsOf(node)[poolLabel] === undefined) === (kind === 'Iron'))
    .map(nameOf)
    .filter((name) => world.fleet.hosts.has(name))
    .toSorted()
  return names.length === 0 ? undefined : names[prng.int(0, names.length - 1)]
}
