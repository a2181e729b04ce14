import { seconds } from '../../kernel/time.ts'
import { plainPlan } from '../plan/plain-plan.ts'
import type { Incident, StoryPlan, Strike } from '../plan/plan.ts'
import type { StoryKind } from '../plan/story-kind.ts'

/** Words in which plans by hand are short. */

export const ordinary = plainPlan({})

export const told = (kind: StoryKind, atSeconds = 30, seed = 4): StoryPlan => ({ kind, atMs: seconds(atSeconds), seed })

/** Of whoever leads at first, unless it says otherwise. */
export const befalls = (
  kind: Incident['kind'],
  [atSeconds, forSeconds]: readonly [number, number],
  more: Partial<Incident> = {},
): Incident => ({
  kind,
  atMs: seconds(atSeconds),
  forMs: seconds(forSeconds),
  replica: 0,
  ...more,
})

/** The first that a watch of the first replica tells of a collection: its cache never hears of it, and no error tells. */
export const missed = (collection: string): Strike => ({
  replica: 0,
  start: 1,
  collection,
  request: 1,
  fault: 'WatchEventLost',
})
