import type { Target } from '../target.ts'
import { realTarget } from './real.ts'

/** `scripts/contract.ts` says against what. */
export async function chosenTarget(): Promise<Target> {
  const real = process.env['CONTRACT_REAL']
  if (real === undefined) throw new Error('no server chosen: npm run contract -- --against=real')
  return realTarget(real)
}
