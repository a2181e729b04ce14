import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Layout, type Tier, tiers } from './layout.ts'

/** Undefined: this bed is down. */
export function readTier(layout: Layout): Tier | undefined {
  try {
    const text = readFileSync(tierPath(layout), 'utf8').trim()
    return tiers.find((tier) => tier === text)
  } catch {
    return undefined
  }
}

export const writeTier = (layout: Layout, tier: Tier): void => writeFileSync(tierPath(layout), `${tier}\n`)

const tierPath = (layout: Layout): string => join(layout.run, 'tier')
