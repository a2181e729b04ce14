import { minutes, seconds } from '../../kernel/time.ts'
import type { Plan } from '../plan/plan.ts'
import type { StoryKind } from '../plan/story-kind.ts'
import type { Timings } from '../world/timings.ts'

/** A story short enough to be told thousands of times, and how it must end when nothing is in its way. */
export interface ShortStory {
  readonly name: 'Reboot' | 'PowerCycle' | 'Ladder' | 'Replace' | 'Restart'
  readonly plan: Plan
  readonly outcome: 'NodeRecovered' | 'NodeReplaced'
}

/** Everything that is only waited for is short. */
const timings: Partial<Timings> = {
  bootMs: seconds(4),
  kubeletStartMs: seconds(1),
  runtimeReadyMs: seconds(1),
  machineLaunchMs: seconds(5),
  nodeMonitorGraceMs: seconds(15),
}

const base: Plan = {
  seed: 1,
  cluster: { nodes: 2, zones: 2, rented: 0, timings },
  replicas: [
    { skewMs: 0, driftPpm: 0 },
    { skewMs: 0, driftPpm: 0 },
  ],
  policy: {
    mode: 'Automatic',
    maxConcurrent: 1,
    maxPerHour: 100,
    maxUnhealthyPercent: 100,
    attemptsMax: 20,
    pacePercent: 10,
    // A change of leader and the guard gap before its first power command fit into them.
    bootTimeoutSeconds: { reboot: 40, powerCycle: 90 },
    // A BMC is asked more than once before people are.
    drain: { deadlineSeconds: 30, onDeadline: 'Proceed' },
  },
  faults: {},
  incidents: [],
  strikes: [],
  stories: [],
  actors: {},
  stormMs: seconds(30),
  calmMaxMs: minutes(40),
  core: 0,
}

const told = (kind: StoryKind, seed: number): Pick<Plan, 'stories'> => ({
  stories: [{ kind, atMs: seconds(12), seed }],
})

/** Two nodes, two replicas. The seeds make the kernel obey, or not obey, the order to boot. */
export const shortStories: readonly ShortStory[] = [
  { name: 'Reboot', plan: { ...base, ...told('Deadlock', 5) }, outcome: 'NodeRecovered' },
  { name: 'Ladder', plan: { ...base, ...told('Deadlock', 1) }, outcome: 'NodeRecovered' },
  { name: 'PowerCycle', plan: { ...base, ...told('Hung', 1) }, outcome: 'NodeRecovered' },
  {
    name: 'Replace',
    plan: {
      ...base,
      stormMs: seconds(80),
      cluster: { nodes: 1, zones: 1, rented: 2, timings },
      ...told('Overload', 1),
    },
    outcome: 'NodeReplaced',
  },
  {
    name: 'Restart',
    plan: { ...base, policy: { ...base.policy, treatsInPlace: true }, ...told('RuntimeDead', 4) },
    outcome: 'NodeRecovered',
  },
]
