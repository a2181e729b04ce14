import { minutes, seconds } from '../../../kernel/time.ts'
import { operatorUser } from '../../simulation/operator-process.ts'
import type { Right } from '../../world/denied-rights.ts'
import { type Acting, oneOf } from '../acting.ts'
import type { Person } from './people.ts'

/** Without each of them something that the operator has begun stays undone, or it cannot see what it has to know. */
const taken: readonly Omit<Right, 'user'>[] = [
  { verb: 'patch', resource: 'nodes' },
  { verb: 'create', resource: 'pods/eviction' },
  { verb: 'create', resource: 'jobs' },
  { verb: 'delete', resource: 'jobs' },
  { verb: 'delete', resource: 'nodeclaims' },
  { verb: 'patch', resource: 'disruptionledgers' },
  { verb: 'create', resource: 'noderemediations' },
  { verb: 'patch', resource: 'nodehealths' },
  { verb: 'list', resource: 'poddisruptionbudgets' },
  { verb: 'watch', resource: 'poddisruptionbudgets' },
]

/** Tightens the roles of others, and loosens them when these complain. */
export function rightsActs({ world, prng, parts }: Person): Acting {
  const open = new Set<() => void>()
  const restore = (giveBack: () => void): void => {
    open.delete(giveBack)
    giveBack()
  }
  return {
    acts: [
      () => {
        const right = oneOf(taken, prng)
        if (right === undefined) return undefined
        const giveBack = world.rights.take({ user: operatorUser, ...right })
        open.add(giveBack)
        parts.timers.after(prng.int(seconds(10), minutes(3)), () => restore(giveBack))
        return `takes away the right to ${right.verb} ${right.resource}`
      },
    ],
    tidy: () => {
      for (const giveBack of open) restore(giveBack)
      return true
    },
  }
}
