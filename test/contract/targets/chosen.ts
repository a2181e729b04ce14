import type { Target } from '../target.ts'
import { embeddedTarget } from './embedded.ts'
import { realTarget } from './real.ts'

/** `scripts/contract.ts` says where a real server is; without one the suite needs nothing installed. */
export const chosenTarget = async (): Promise<Target> => {
  const real = process.env['CONTRACT_REAL']
  return real === undefined ? embeddedTarget() : realTarget(real)
}
