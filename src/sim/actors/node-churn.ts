import { keepActing, oneOf } from './acting.ts'
import type { Actor } from './actor.ts'

/** Nodes join, and leave without a word. */
export const nodeChurn: Actor = {
  name: 'NodeChurn',
  start: (parts) => {
    const { world, prng } = parts
    const joined: string[] = []
    return keepActing(parts, {
      acts: [
        () => {
          if (joined.length >= 3) return undefined
          const name = world.addNode()
          joined.push(name)
          return `${name} joins`
        },
        () => {
          const name = oneOf(joined, prng)
          if (name === undefined) return undefined
          joined.splice(joined.indexOf(name), 1)
          world.removeNode(name)
          return `${name} leaves`
        },
      ],
      tidy: () => true,
    })
  },
}
