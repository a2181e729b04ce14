import type { Check } from '../../scenario/verdict.ts'

/** Of it four seconds are the soft reboot that nobody answered, and five the time for which the node has to prove itself. */
export const healingCheck = (tookMs: number): Check => ({
  sentence: 'from the diagnosis to the end of the cordon it took 30 s at most',
  headline: true,
  holds: tookMs <= 30_000,
  seen: `${(tookMs / 1_000).toFixed(2)} s`,
})
