import { minutes, rfc3339, seconds } from '../../../kernel/time.ts'
import { conditionStatus, isReady, nameOf } from '../../world/fields.ts'
import { type Act, keepActing, oneOf } from '../acting.ts'
import type { Actor } from '../actor.ts'
import { definitionOf } from './definition-of.ts'

const user = 'system:serviceaccount:capi-system:capi-manager'
const machines = 'machines.cluster.x-k8s.io'
const namespace = 'fleet'

const machineDefinition = definitionOf({
  group: 'cluster.x-k8s.io',
  version: 'v1beta2',
  kind: 'Machine',
  scope: 'Namespaced',
})

/** The Cluster API: a Machine for every node, and a MachineHealthCheck that condemns one, has it rebooted, and takes its word back. */
export const machineHealthCheck: Actor = {
  name: 'MachineHealthCheck',
  start: (parts) => {
    const { world, timers, prng } = parts
    const api = world.as(user)
    world.apply([machineDefinition])
    world.api.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    const say = (name: string, status: 'True' | 'False'): void => {
      const lastTransitionTime = rfc3339(timers.now())
      const succeeded = { type: 'HealthCheckSucceeded', status, reason: 'Said', message: '', lastTransitionTime }
      const remediated = { ...succeeded, type: 'OwnerRemediated' }
      const conditions = status === 'True' ? [succeeded] : [succeeded, remediated]
      const ref = { namespace, name }
      if (world.objects.get(machines, ref) === undefined)
        api.create(machines, {
          apiVersion: 'cluster.x-k8s.io/v1beta2',
          kind: 'Machine',
          metadata: ref,
          spec: { clusterName: 'sim' },
        })
      api.patchStatus(machines, ref, { status: { nodeRef: { name }, conditions } })
    }
    for (const node of world.objects.all('nodes')) say(nameOf(node), 'True')
    const condemned = new Set<string>()
    const condemn: Act = () => {
      const nodes = world.objects.all('nodes')
      const sick = nodes.filter((node) => !isReady(node) || conditionStatus(node, 'KernelDeadlock') === 'True')
      const node = oneOf(prng.chance(333) ? nodes : sick, prng)
      if (node === undefined || condemned.has(nameOf(node))) return undefined
      const name = nameOf(node)
      condemned.add(name)
      say(name, 'False')
      timers.after(seconds(30), () => world.fleet.hosts.get(name)?.machine.reboot())
      timers.after(prng.int(minutes(2), minutes(4)), () => {
        if (condemned.delete(name)) say(name, 'True')
      })
      return `condemns the Machine of ${name}`
    }
    const tidy = (): boolean => {
      for (const name of condemned) say(name, 'True')
      condemned.clear()
      return true
    }
    return keepActing(parts, { acts: [condemn], tidy })
  },
}
