import { minutes, seconds } from '../../kernel/time.ts'
import { partitionZone } from '../world/node-trouble.ts'
import { someNode } from './some-node.ts'
import { nothingToEnd, type Story } from './story.ts'
import { zonesOf } from './zones-of.ts'

/** Stories of nodes that nobody hears from. */

/** A zone cannot be reached for a while: its kubelets work on. */
export const zoneCut: Story = ({ world, prng, timers }) => {
  const zones = zonesOf(world)
  const zone = zones[prng.int(0, zones.length - 1)] ?? ''
  partitionZone(world, zone)
  const heal = (): void => {
    partitionZone(world, zone, false)
  }
  timers.after(prng.int(seconds(30), minutes(8)), heal)
  return heal
}

/** The whole machine stands still: only power helps. */
export const hung: Story = ({ world, prng }) => {
  const node = someNode(world, prng, 'Iron')
  if (node !== undefined) world.hang(node)
  return nothingToEnd
}
