import { minutes, seconds } from '../../../kernel/time.ts'
import { isReady, isUnschedulable, nameOf } from '../../world/fields.ts'
import { firstVersion } from '../../world/host/node-status.ts'
import { type Act, keepActing, oneOf } from '../acting.ts'
import type { Actor } from '../actor.ts'

const user = 'system:serviceaccount:kube-system:upgrade-controller'
const newVersion = 'v1.37.0'

/** Brings the kubelets to another version, one node after the other: cordon, boot, uncordon. In the end it is all taken back. */
export const clusterUpgrade: Actor = {
  name: 'ClusterUpgrade',
  start: (parts) => {
    const { world, timers, prng } = parts
    const api = world.as(user)
    const underWay = new Set<string>()
    const cordon = (name: string, unschedulable: boolean): void => {
      if (world.objects.get('nodes', { name }) !== undefined) api.patch('nodes', { name }, { spec: { unschedulable } })
    }
    const finish = (name: string): void => {
      if (underWay.delete(name)) cordon(name, false)
    }
    const upgrade: Act = () => {
      const ready = world.objects.all('nodes').filter((node) => isReady(node) && !isUnschedulable(node))
      const name = nameOf(oneOf(ready, prng) ?? {})
      const host = world.fleet.hosts.get(name)
      if (host === undefined || underWay.size > 0 || host.kubelet.version === newVersion) return undefined
      underWay.add(name)
      cordon(name, true)
      timers.after(seconds(20), () => {
        host.kubelet.version = newVersion
        host.machine.reboot()
      })
      timers.after(prng.int(minutes(3), minutes(8)), () => finish(name))
      return `upgrades ${name}`
    }
    const rollBack = (): boolean => {
      for (const name of underWay) finish(name)
      for (const { kubelet } of world.fleet.hosts.values()) kubelet.version = firstVersion
      return true
    }
    return keepActing(parts, { acts: [upgrade], tidy: rollBack })
  },
}
