import type { Check } from '../../scenario/verdict.ts'

/** What the Redfish service did to the power, by its own word to the one who has to carry it out. */
export const toldCheck = (told: readonly string[]): Check => ({
  sentence: 'the Redfish service was made to switch off once, and on once',
  headline: true,
  holds: told.join(', ') === 'Off, On',
  seen: told.join(', ') || 'nothing',
})
