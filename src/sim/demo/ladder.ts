import type { World } from '../world/world.ts'

export interface HeldLadder {
  readonly headline: string
  readonly lines: readonly string[]
}
export const heldLadder = (_world: World, _nodeName: string): HeldLadder | undefined => undefined
