import type { Prng } from '../../kernel/prng.ts'
import { chanceNames, clockFaults, incidentKinds } from './fault.ts'

/** 1 to 100 for what this seed has; the rest is not there. */
export type Weights = Readonly<Record<string, number>>

/**
 * A random subset, of random size, with random weights. Never everything at five percent: what happens all the time hides what only
 * shows when it does not.
 */
export function drawFaults(prng: Prng, actorNames: readonly string[]): Weights {
  const names = [...chanceNames, ...incidentKinds, ...clockFaults, ...actorNames]
  const share = prng.fork('share').int(5, 45)
  const drawn = names.filter((name) => prng.fork(`${name}/on`).int(1, 100) <= share)
  const some = drawn.length > 0 ? drawn : names.slice(0, 1)
  return Object.fromEntries(some.map((name) => [name, prng.fork(`${name}/weight`).int(1, 100)]))
}
