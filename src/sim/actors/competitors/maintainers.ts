import type { Json, JsonObject } from '../../../kernel/json.ts'
import { minutes, rfc3339, seconds } from '../../../kernel/time.ts'
import { type Condition, withConditions } from '../../world/conditions.ts'
import { conditionStatus, isReady, nameOf } from '../../world/fields.ts'
import { type Act, keepActing, oneOf } from '../acting.ts'
import type { Actor, ActorParts } from '../actor.ts'
import { definitionOf } from './definition-of.ts'

const checkUser = 'system:serviceaccount:medik8s:node-healthcheck-operator'
const checks = 'nodehealthchecks.remediation.medik8s.io'
const checkRef = { name: 'nhc-worker' }

/** What medik8s installs. */
const checkDefinition = definitionOf({
  group: 'remediation.medik8s.io',
  version: 'v1alpha1',
  kind: 'NodeHealthCheck',
  scope: 'Cluster',
})

/** medik8s: says in its NodeHealthCheck which node it remediates, reboots the machine, and says when it is done. */
export const nodeHealthCheck: Actor = {
  name: 'NodeHealthCheck',
  start: (parts) => {
    const { world, timers, prng } = parts
    const api = world.as(checkUser)
    world.apply([checkDefinition])
    world.apply([
      { apiVersion: 'remediation.medik8s.io/v1alpha1', kind: 'NodeHealthCheck', metadata: checkRef, spec: {} },
    ])
    const say = (unhealthyNodes: readonly Json[]): void =>
      void api.patchStatus(checks, checkRef, { status: { phase: 'Enabled', unhealthyNodes } })
    const remediate: Act = () => {
      const node = someSickNode(parts)
      if (node === undefined) return undefined
      const name = nameOf(node)
      const resource = { apiVersion: 'self-node-remediation.medik8s.io/v1alpha1', kind: 'SelfNodeRemediation', name }
      say([{ name, remediations: [{ resource, started: rfc3339(timers.now()) }] }])
      timers.after(seconds(30), () => world.fleet.hosts.get(name)?.machine.reboot())
      timers.after(prng.int(minutes(2), minutes(4)), () => say([]))
      return `remediates ${name}`
    }
    const tidy = (): boolean => {
      say([])
      return true
    }
    return keepActing(parts, { acts: [remediate], tidy })
  },
}

const maintainerUser = 'system:serviceaccount:kube-system:node-maintainer'

/** Says by the conditions of KEP-5683 that a node is drained and maintained, and when that is over. */
export const maintenance: Actor = {
  name: 'Maintenance',
  start: (parts) => {
    const { world, timers, prng } = parts
    const api = world.as(maintainerUser)
    const maintained = new Set<string>()
    const say = (name: string, status: Condition['status']): void => {
      const node = world.objects.get('nodes', { name })
      if (status === 'False') maintained.delete(name)
      if (node === undefined) return
      const said = [
        { type: 'MaintenanceInProgress', status, reason: 'FirmwareUpdate', message: 'a person swaps a disk' },
      ] as const
      const conditions = withConditions(node, said, { now: timers.now(), heartbeat: true })
      api.patchStatus('nodes', { name }, { status: { conditions } })
    }
    const begin: Act = () => {
      const node = oneOf(world.objects.all('nodes'), prng)
      if (node === undefined || maintained.has(nameOf(node))) return undefined
      maintained.add(nameOf(node))
      say(nameOf(node), 'True')
      timers.after(prng.int(seconds(30), minutes(5)), () => say(nameOf(node), 'False'))
      return `maintains ${nameOf(node)}`
    }
    const tidy = (): boolean => {
      for (const name of maintained) say(name, 'False')
      return true
    }
    return keepActing(parts, { acts: [begin], tidy })
  },
}

/** One that looks sick, or, one time in three, just any. */
function someSickNode({ world, prng }: ActorParts): JsonObject | undefined {
  const nodes = world.objects.all('nodes')
  const sick = nodes.filter((node) => !isReady(node) || conditionStatus(node, 'KernelDeadlock') === 'True')
  return oneOf(prng.chance(333) ? nodes : sick, prng)
}
