import { someNode } from './some-node.ts'
import { nothingToEnd, type Story } from './story.ts'

/** The processes of a machine end, and nobody collects them until it boots. */
export const zombies: Story = ({ world, prng, note }) => {
  const node = someNode(world, prng, 'Iron')
  if (node === undefined) note('no node could fall ill')
  else world.machine(node).zombies = prng.int(21, 400)
  return nothingToEnd
}
