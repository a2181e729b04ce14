import { minutes, seconds } from '../../../kernel/time.ts'
import { nameOf } from '../../world/fields.ts'
import type { Karpenter, KarpenterManners } from '../../world/karpenter/karpenter.ts'
import { keepActing, oneOf } from '../acting.ts'
import type { Actor, ActorParts } from '../actor.ts'

const worstMs = minutes(8)

/** Nothing is rented in this world: there is nothing to do. */
const withKarpenter = (parts: ActorParts, start: (karpenter: Karpenter) => () => void): (() => void) =>
  parts.world.karpenter === undefined ? () => {} : start(parts.world.karpenter)

/** Now and then, for a while. */
const failing = (name: string, manner: keyof KarpenterManners): Actor => ({
  name,
  start: (parts) =>
    withKarpenter(parts, (karpenter) => {
      const set = (isOn: boolean): void => karpenter.behave({ [manner]: isOn })
      return keepActing(parts, {
        acts: [
          () => {
            set(true)
            parts.timers.after(parts.prng.int(seconds(30), worstMs), () => set(false))
            return manner
          },
        ],
        tidy: () => {
          karpenter.behaveWell()
          return true
        },
      })
    }),
})

/** The cloud takes machines back without asking. */
const spotReclaims: Actor = {
  name: 'SpotReclaims',
  start: (parts) =>
    withKarpenter(parts, (karpenter) =>
      keepActing(parts, {
        acts: [
          () => {
            const claim = oneOf(parts.world.objects.all('nodeclaims.karpenter.sh'), parts.prng)
            if (claim === undefined) return undefined
            karpenter.reclaim(nameOf(claim))
            return `the cloud takes ${nameOf(claim)} back`
          },
        ],
        tidy: () => true,
      }),
    ),
}

export const cloudCircumstances: readonly Actor[] = [
  failing('KeptFinalizers', 'keepsFinalizers'),
  failing('SoldOut', 'hasNoCapacity'),
  failing('Stillborn', 'neverRegisters'),
  spotReclaims,
]
