import { labelsOf, nameOf } from '../world/fields.ts'
import { poolLabel } from '../world/karpenter/node-pool.ts'
import type { Story } from './story.ts'

/** The pods of a rented node become so busy that it has no time left. */
export const overload: Story = {
  begin: ({ world, prng, note }) => {
    const rented = world.objects
      .all('nodes')
      .filter((node) => labelsOf(node)[poolLabel] !== undefined)
      .map(nameOf)
      .toSorted()
    const node = rented.length === 0 ? undefined : rented[prng.int(0, rented.length - 1)]
    if (node === undefined || world.objects.podsOn(node).length === 0) note('nobody could be overloaded')
    else world.overload(node)
    return { pending: () => undefined }
  },
}
