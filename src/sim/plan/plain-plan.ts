import { hours, minutes } from '../../kernel/time.ts'
import type { Plan } from './plan.ts'

/** Nothing goes wrong in it but what is asked for: two replicas, four machines and two rented ones, short times. */
export const plainPlan = (parts: Partial<Plan>): Plan => ({
  seed: 1,
  cluster: { nodes: 4, zones: 2, rented: 2 },
  replicas: [
    { skewMs: 0, driftPpm: 0 },
    { skewMs: 0, driftPpm: 0 },
  ],
  policy: {
    mode: 'Automatic',
    maxConcurrent: 2,
    maxPerHour: 12,
    maxUnhealthyPercent: 80,
    attemptsMax: 3,
    pacePercent: 50,
  },
  faults: {},
  incidents: [],
  strikes: [],
  stories: [],
  actors: {},
  stormMs: minutes(12),
  calmMaxMs: hours(4),
  core: 0,
  ...parts,
})
