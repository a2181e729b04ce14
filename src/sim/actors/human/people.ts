import type { JsonObject } from '../../../kernel/json.ts'
import type { Prng } from '../../../kernel/prng.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { nameOf } from '../../world/fields.ts'
import type { World } from '../../world/world.ts'
import { oneOf } from '../acting.ts'
import type { ActorParts } from '../actor.ts'

/** Under these names people write: whoever judges can tell their hand from the operator's. */
const people = ['alice@example.com', 'bob@example.com'] as const

export type PersonName = (typeof people)[number]

/** What a person has at hand. */
export interface Person {
  readonly name: PersonName
  readonly api: WorldClient
  readonly world: World
  readonly prng: Prng
  readonly parts: ActorParts
}

export const personOf = (parts: ActorParts, name: PersonName): Person => {
  const { world, prng } = parts
  return { name, api: world.as(name), world, prng: prng.fork(name), parts }
}

/** Any node, or one of those that are of interest right now. */
export const someNodeOf = (
  { world, prng }: Person,
  isOfInterest: (node: JsonObject) => boolean = () => true,
): JsonObject | undefined => oneOf(world.objects.all('nodes').filter(isOfInterest).toSorted(byName), prng)

const byName = (left: JsonObject, right: JsonObject): number => (nameOf(left) < nameOf(right) ? -1 : 1)
