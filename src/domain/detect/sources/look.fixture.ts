import { monoNoon, nodeWith, noon, sourcesWith } from '../evidence.fixture.ts'
import type { SourcesSeen } from '../sources-seen.ts'
import type { Look } from './source.ts'

/** A healthy node at noon, of which no source has anything to say. */
export const look = (unusual: Partial<Look> = {}, sources: Partial<SourcesSeen> = {}): Look => ({
  node: nodeWith(),
  now: noon,
  mono: monoNoon,
  sources: sourcesWith(sources),
  silentMs: () => 0,
  stood: false,
  bootedAt: undefined,
  ...unusual,
})
