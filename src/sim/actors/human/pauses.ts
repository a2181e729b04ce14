import type { JsonObject } from '../../../kernel/json.ts'
import { later, minutes, rfc3339, seconds } from '../../../kernel/time.ts'
import { nameOf } from '../../world/fields.ts'
import { type Acting, oneOf } from '../acting.ts'
import { type Person, someNodeOf } from './people.ts'

const pauses = 'remediationpauses.prunella.dev'
const policies = 'noderemediationpolicies.prunella.dev'

/** Stops everything, one policy or one node, for a time or until further notice; and lets go on. */
export function pauseActs(person: Person): Acting {
  const { api, world, prng } = person
  let count = 0
  const lift = (name: string): void => api.delete(pauses, { name })
  return {
    acts: [
      () => {
        const scope = someScope(person)
        if (scope === undefined) return undefined
        count += 1
        const name = `${person.name.replace(/@.*/, '')}-${count}`
        const spec = { scope, reason: 'something looks odd', ...someEnd(person), requestedBy: person.name }
        api.create(pauses, { apiVersion: 'prunella.dev/v1alpha1', kind: 'RemediationPause', metadata: { name }, spec })
        return `pauses ${JSON.stringify(scope)}`
      },
      () => {
        const pause = oneOf(world.objects.all(pauses), prng)
        if (pause === undefined) return undefined
        lift(nameOf(pause))
        return `lifts the pause ${nameOf(pause)}`
      },
    ],
    tidy: () => {
      for (const pause of world.objects.all(pauses)) lift(nameOf(pause))
      return true
    },
  }
}

function someScope(person: Person): JsonObject | undefined {
  const { world, prng } = person
  const policy = oneOf(world.objects.all(policies), prng)
  const node = someNodeOf(person)
  const scopes: readonly JsonObject[] = [
    { everything: {} },
    ...(policy === undefined ? [] : [{ policyName: nameOf(policy) }]),
    ...(node === undefined ? [] : [{ nodeName: nameOf(node) }]),
  ]
  return oneOf(scopes, prng)
}

/** Two in three pauses end by themselves; one in ten of these ended before it began. */
function someEnd({ prng, parts }: Person): JsonObject {
  if (prng.chance(333)) return {}
  const ms = prng.chance(100) ? -minutes(5) : prng.int(seconds(20), minutes(8))
  return { until: rfc3339(later(parts.timers.now(), ms)) }
}
