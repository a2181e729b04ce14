import { nodeOutcome } from './node-outcome.ts'
import type { Story } from './story.ts'

/** A kernel that blocks for ever, and may or may not obey when it is asked to boot. */
export const deadlock: Story = {
  begin: ({ world, truth, prng }) => {
    const names = [...world.fleet.hosts.keys()].filter((name) => name.startsWith('node-')).toSorted()
    const node = names[prng.int(0, names.length - 1)] ?? ''
    const softReboot = prng.chance(300) ? 'Works' : prng.chance(500) ? 'Hangs' : 'Ignored'
    world.deadlock(node, softReboot)
    return { pending: () => nodeOutcome({ world, truth }, node) }
  },
}
