import type { Sabotage } from './sabotage.ts'
import { sabotagesOfDecisions } from './sabotages-of-decisions.ts'
import { sabotagesOfDrains } from './sabotages-of-drains.ts'
import { sabotagesOfEvidence } from './sabotages-of-evidence.ts'
import { sabotagesOfLimits } from './sabotages-of-limits.ts'
import { sabotagesOfMachinery } from './sabotages-of-machinery.ts'
import { sabotagesOfNodeJobs } from './sabotages-of-node-jobs.ts'
import { sabotagesOfPower } from './sabotages-of-power.ts'
import { sabotagesOfSurroundings } from './sabotages-of-surroundings.ts'

export const sabotages: readonly Sabotage[] = [
  ...sabotagesOfLimits,
  ...sabotagesOfDecisions,
  ...sabotagesOfEvidence,
  ...sabotagesOfNodeJobs,
  ...sabotagesOfDrains,
  ...sabotagesOfSurroundings,
  ...sabotagesOfMachinery,
  ...sabotagesOfPower,
]
