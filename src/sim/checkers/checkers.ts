import { blockedDrainsSaySo } from './blocked.ts'
import { trippedMeansNoTreatment, trippedMeansStopped } from './breaker.ts'
import { budgetHolds } from './budget.ts'
import { busyEveningsHoldLoad } from './busy-evening.ts'
import type { Checker } from './checker.ts'
import { clocksBuyNothing } from './clock.ts'
import { controlPlaneIsLeftAlone } from './control-plane.ts'
import { disksHaveOneWriter } from './disks.ts'
import { drainedMeansGone, treatmentsFollowDrains } from './drains.ts'
import { dwellIsKept } from './dwell.ts'
import { attemptsAreCounted, cooldownIsKept, ladderOnlyClimbs, recoveredAreLeftAlone } from './episodes.ts'
import { actsRestOnLiveReads } from './evidence.ts'
import { floorHolds } from './floor.ts'
import { nodesHaveOneActor } from './foreign-actors.ts'
import { gradesAreTrue } from './grades.ts'
import { observeIsInert } from './inert.ts'
import { onlyTheLeaderActs } from './leadership.ts'
import { evidenceIsReal, nodeJobsAreAlone, nodeJobsAreWanted } from './node-jobs.ts'
import { stepsFollowTheTable, successIsReal } from './outcomes.ts'
import { ownersAreHeard } from './owners.ts'
import { onlyOursIsUndone } from './ownership.ts'
import { effectsComeOnce, powerIsWanted, rebootsAreWanted } from './power.ts'
import { higherPriorityBegins } from './priorities.ts'
import { rateHolds } from './rate.ts'
import { readsAreBounded } from './read-load.ts'
import { loadIsBounded, patienceIsHad } from './request-load.ts'
import { stopsAreHonoured } from './stops.ts'
import { stormsStopStarts } from './storms.ts'
import { upgradesStopStarts } from './upgrades.ts'
import { theBlindBeginNothing } from './view.ts'
import { evictionsKnowTheirPod, podsLeaveByEviction } from './workloads.ts'
import { deedsFollowTheirRecord, deedsHoldTheirSlot } from './write-ahead.ts'

/** New for every run of the simulator: most of them remember. In the order of the invariants. */
export const createCheckers = (): readonly Checker[] => [
  budgetHolds(),
  deedsHoldTheirSlot(),
  rateHolds(),
  trippedMeansStopped,
  trippedMeansNoTreatment(),
  stormsStopStarts(),
  busyEveningsHoldLoad(),
  floorHolds(),
  controlPlaneIsLeftAlone,
  actsRestOnLiveReads(),
  theBlindBeginNothing(),
  dwellIsKept(),
  recoveredAreLeftAlone,
  attemptsAreCounted(),
  cooldownIsKept(),
  ladderOnlyClimbs(),
  powerIsWanted,
  nodesHaveOneActor(),
  higherPriorityBegins(),
  upgradesStopStarts(),
  onlyOursIsUndone(),
  stopsAreHonoured(),
  podsLeaveByEviction(),
  ownersAreHeard(),
  treatmentsFollowDrains(),
  drainedMeansGone,
  evictionsKnowTheirPod(),
  disksHaveOneWriter(),
  successIsReal(),
  evidenceIsReal(),
  stepsFollowTheTable,
  deedsFollowTheirRecord(),
  effectsComeOnce(),
  rebootsAreWanted,
  nodeJobsAreWanted,
  nodeJobsAreAlone(),
  onlyTheLeaderActs(),
  clocksBuyNothing(),
  loadIsBounded(),
  patienceIsHad(),
  readsAreBounded(),
  observeIsInert(),
  gradesAreTrue,
  blockedDrainsSaySo(),
]
