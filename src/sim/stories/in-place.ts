import { minutes, seconds } from '../../kernel/time.ts'
import type { RuntimeAilment } from '../world/host/container-runtime.ts'
import { someNode } from './some-node.ts'
import { nothingToEnd, type Story } from './story.ts'

/** Stories of nodes that may be healed where they stand. */

/** One time in four what fills it is needed, and no pruning helps. In the end people make room. */
export const diskFull: Story = ({ world, prng, note }) => {
  const node = someNode(world, prng, 'Iron')
  if (node === undefined) {
    note('no node could fill up')
    return nothingToEnd
  }
  const wastePercent = prng.chance(750) ? prng.int(25, 60) : prng.int(0, 4)
  world.machine(node).fillDisk({ usedPercent: prng.int(90, 99), wastePercent })
  return () => world.fleet.hosts.get(node)?.machine.fillDisk({ usedPercent: 40, wastePercent: 10 })
}

const ailments: readonly RuntimeAilment[] = ['Sick', 'Sick', 'Sick', 'Incurable', 'Stubborn', 'Dead']

/** Now and then somebody else restarts the kubelet as well, in the middle of it all. */
export const runtimeDead: Story = ({ world, prng, note, timers }) => {
  const node = someNode(world, prng, 'Iron')
  if (node === undefined) {
    note('no node could fall ill')
    return nothingToEnd
  }
  world.host(node).runtime.ail(ailments[prng.int(0, ailments.length - 1)])
  if (prng.fork('kubelet').chance(300))
    timers.after(prng.int(seconds(5), minutes(1)), () => world.fleet.hosts.get(node)?.kubelet.restart())
  return () => world.fleet.hosts.get(node)?.runtime.ail(undefined)
}
