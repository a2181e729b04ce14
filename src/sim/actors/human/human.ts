import { type Acting, keepActing } from '../acting.ts'
import type { Actor, ActorParts } from '../actor.ts'
import { bookActs } from './books.ts'
import { nodeActs } from './nodes.ts'
import { pauseActs } from './pauses.ts'
import { type Person, type PersonName, personOf } from './people.ts'
import { policyActs } from './policies.ts'
import { rightsActs } from './rights.ts'
import { runActs } from './runs.ts'

const actorOf = (name: string, who: PersonName, actsOf: (person: Person) => Acting): Actor => ({
  name,
  start: (parts: ActorParts) => keepActing(parts, actsOf(personOf(parts, who))),
})

/** People, each with one bad habit, so that a seed may have some of them and not the others. */
export const humans: readonly Actor[] = [
  actorOf('CordonsByHand', 'alice@example.com', nodeActs),
  actorOf('Pauses', 'bob@example.com', pauseActs),
  actorOf('EditsPolicies', 'alice@example.com', policyActs),
  actorOf('HandlesRuns', 'bob@example.com', runActs),
  actorOf('HandlesBooks', 'alice@example.com', bookActs),
  actorOf('TightensRights', 'bob@example.com', rightsActs),
]
