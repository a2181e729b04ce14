import { someNode } from './some-node.ts'
import { nothingToEnd, type Story } from './story.ts'

/** The pods of a rented node become so busy that it has no time left. */
export const overload: Story = ({ world, prng, note }) => {
  const node = someNode(world, prng, 'Rented')
  if (node === undefined || !world.load.burden(node, 140)) note('no node could be overloaded')
  return nothingToEnd
}
