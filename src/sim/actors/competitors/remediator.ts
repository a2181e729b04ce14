import type { JsonObject } from '../../../kernel/json.ts'
import { minutes, seconds } from '../../../kernel/time.ts'
import { conditionStatus, isReady, isUnschedulable, nameOf } from '../../world/fields.ts'
import { type Act, keepActing, oneOf } from '../acting.ts'
import type { Actor, ActorParts } from '../actor.ts'

const user = 'system:serviceaccount:ops:homegrown-healer'

/** A script that somebody wrote one night: cordons sick nodes, reboots them, uncordons whatever it finds, and tells nobody. */
export const remediator: Actor = {
  name: 'HomegrownHealer',
  start: (parts) => {
    const { world, timers, prng } = parts
    const api = world.as(user)
    const cordoned = new Set<string>()
    const cordon = (name: string, unschedulable: boolean): void => {
      if (world.objects.get('nodes', { name }) !== undefined) api.patch('nodes', { name }, { spec: { unschedulable } })
    }
    const uncordonAll = (): boolean => {
      for (const name of cordoned) cordon(name, false)
      cordoned.clear()
      return true
    }
    const heal: Act = () => {
      const node = someSickNode(parts)
      if (node === undefined) return undefined
      const name = nameOf(node)
      cordon(name, true)
      cordoned.add(name)
      timers.after(prng.int(seconds(5), seconds(40)), () => world.fleet.hosts.get(name)?.machine.reboot())
      timers.after(prng.int(minutes(2), minutes(4)), () => {
        cordoned.delete(name)
        cordon(name, false)
      })
      return `cordons ${name}, to reboot and uncordon it`
    }
    const uncordonAny: Act = () => {
      const node = oneOf(world.objects.all('nodes').filter(isUnschedulable), prng)
      if (node === undefined) return undefined
      cordon(nameOf(node), false)
      return `uncordons ${nameOf(node)}, whoever cordoned it`
    }
    return keepActing(parts, { acts: [heal, heal, uncordonAny], tidy: uncordonAll })
  },
}

/** One that looks sick, or, one time in five, just any. */
function someSickNode({ world, prng }: ActorParts): JsonObject | undefined {
  const nodes = world.objects.all('nodes')
  const sick = nodes.filter((node) => !isReady(node) || conditionStatus(node, 'KernelDeadlock') === 'True')
  return oneOf(prng.chance(200) ? nodes : sick, prng)
}
