import { budgetHolds, rateHolds } from './budget.ts'
import type { Checker } from './checker.ts'
import { actsRestOnLiveReads } from './evidence.ts'
import { recoveredAreLeftAlone, stepsFollowTheTable, successIsReal } from './outcomes.ts'
import { onlyOursIsUndone } from './ownership.ts'
import { effectsComeOnce, powerIsWanted } from './power.ts'
import { podsLeaveByEviction } from './workloads.ts'

/** New for every run of the simulator: some of them remember. */
export const createCheckers = (): readonly Checker[] => [
  budgetHolds,
  rateHolds(),
  actsRestOnLiveReads(),
  recoveredAreLeftAlone(),
  powerIsWanted,
  onlyOursIsUndone,
  podsLeaveByEviction,
  successIsReal(),
  stepsFollowTheTable,
  effectsComeOnce(),
]
