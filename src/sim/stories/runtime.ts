import { someNode } from './some-node.ts'
import { nothingToEnd, type Story } from './story.ts'

/** No container runs on the machine any more, until it boots. Its kubelet is well, and calls the node Ready. */
export const podsCrash: Story = ({ world, prng, note }) => {
  const node = someNode(world, prng, 'Iron')
  if (node === undefined) {
    note('no node could fall ill')
    return nothingToEnd
  }
  world.host(node).kubelet.pods.ail('CrashLoopBackOff')
  return () => world.fleet.hosts.get(node)?.kubelet.pods.ail(undefined)
}

/** Its disk fails now and then: only events tell of it. */
export const ioErrors: Story = ({ world, prng, note, timers }) => {
  const node = someNode(world, prng, 'Iron')
  if (node === undefined) note('no node could fall ill')
  else {
    const say = (): void => world.fleet.hosts.get(node)?.detector.event('IOError', 'Buffer I/O error on dev sda')
    for (let count = 0; count < 4; count += 1) timers.after(count * prng.int(1_000, 10_000), say)
  }
  return nothingToEnd
}
