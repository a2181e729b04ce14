import type { JsonObject } from '../../../kernel/json.ts'
import type { Prng } from '../../../kernel/prng.ts'
import { minutes, seconds } from '../../../kernel/time.ts'
import { conditionStatus, isReady } from '../../world/fields.ts'
import type { Bmc, BmcManners } from '../../world/host/bmc.ts'
import { swapBmcs } from '../../world/node-trouble.ts'
import { type Act, keepActing, oneOf } from '../acting.ts'
import type { Actor, ActorParts } from '../actor.ts'

const worstMs = minutes(6)

/** Mostly one that is about to be needed: what nobody asks misbehaves for nobody. */
const someBmc = ({ world, prng }: ActorParts): Bmc | undefined => {
  const all = world.bmcNodes
  const needed = all.filter((name) => isSick(world.objects.get('nodes', { name })))
  const name = oneOf(needed.length > 0 && prng.chance(800) ? needed : all, prng)
  return name === undefined ? undefined : world.bmc(name)
}

const isSick = (node: JsonObject | undefined): boolean =>
  node !== undefined && (!isReady(node) || conditionStatus(node, 'KernelDeadlock') === 'True')

/** One BMC after the other loses its manners for a while. */
const rude = (name: string, drawn: (prng: Prng) => Partial<BmcManners>): Actor => ({
  name,
  start: (parts) => {
    const { prng, timers, world } = parts
    const names = Object.keys(drawn(prng.fork('names'))).filter((key): key is keyof BmcManners => key.length > 0)
    return keepActing(parts, {
      acts: [
        () => {
          const bmc = someBmc(parts)
          if (bmc === undefined) return undefined
          const manners = drawn(prng)
          bmc.behave(manners)
          timers.after(prng.int(seconds(20), worstMs), () => bmc.behaveWell(names))
          return `the BMC of ${bmc.machine.name}: ${JSON.stringify(manners)}`
        },
      ],
      tidy: () => {
        for (const node of world.bmcNodes) world.bmc(node).behaveWell(names)
        return true
      },
    })
  },
})

/** Its password was changed, and the Secret was not; until somebody notices. */
const rotatedPasswords: Actor = {
  name: 'RotatedPasswords',
  start: (parts) => {
    const restore = (bmc: Bmc): void => {
      bmc.password = bmc.options.password
    }
    const rotate: Act = () => {
      const bmc = someBmc(parts)
      if (bmc === undefined) return undefined
      bmc.password = 'rotated'
      parts.timers.after(parts.prng.int(seconds(20), worstMs), () => restore(bmc))
      return `the BMC of ${bmc.machine.name} has another password`
    }
    const tidy = (): boolean => {
      for (const node of parts.world.bmcNodes) restore(parts.world.bmc(node))
      return true
    }
    return keepActing(parts, { acts: [rotate], tidy })
  },
}

/** Somebody plugs the BMCs of two machines the wrong way round, and back later. */
const swappedBmcs: Actor = {
  name: 'SwappedBmcs',
  start: (parts) => {
    const { world, prng, timers } = parts
    let swapped: readonly [string, string] | undefined
    const unswap = (): void => {
      if (swapped !== undefined && swapped.every((name) => world.bmcNodes.includes(name))) swapBmcs(world, ...swapped)
      swapped = undefined
    }
    const swap: Act = () => {
      const [one, other] = [oneOf(world.bmcNodes, prng), oneOf(world.bmcNodes, prng)]
      if (swapped !== undefined || one === undefined || other === undefined || one === other) return undefined
      swapBmcs(world, one, other)
      swapped = [one, other]
      timers.after(prng.int(minutes(1), worstMs), unswap)
      return `the BMCs of ${one} and ${other} are swapped`
    }
    const tidy = (): boolean => {
      unswap()
      return true
    }
    return keepActing(parts, { acts: [swap], tidy })
  },
}

export const bmcCircumstances: readonly Actor[] = [
  rude('UnreachableBmcs', (prng) => ({ unreachable: prng.int(300, 1_000), answersLost: prng.int(0, 300) })),
  rude('LyingBmcs', (prng) => ({ ignoresCommands: prng.int(200, 1_000), misreadsPower: prng.int(0, 500) })),
  rude('LaggingBmcs', (prng) => ({
    readingLagMs: prng.int(0, seconds(15)),
    blinksOffMs: prng.int(seconds(1), seconds(3)),
    obeyLagMs: prng.int(seconds(1), seconds(8)),
  })),
  rude('BusyBmcs', (prng) => ({
    slow: prng.int(0, 500),
    sessionsMax: prng.int(1, 3),
    resetsItself: prng.int(50, 200),
    latencyMs: prng.int(50, seconds(30)),
  })),
  rotatedPasswords,
  swappedBmcs,
]
