import { minutes, seconds } from '../../kernel/time.ts'
import { plainPlan } from '../plan/plain-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { befalls, ordinary, told } from './shorthand.ts'

/** Power comes first, and a boot takes a little longer than its rung waits for it. */
const slowBoots = {
  cluster: { nodes: 3, zones: 1, rented: 0, timings: { bootMs: seconds(114) } },
  policy: {
    ...ordinary.policy,
    ladder: 'PowerFirst',
    maxConcurrent: 1,
    pacePercent: 100,
    bootTimeoutSeconds: { reboot: 100, powerCycle: 110 },
  },
} as const

/** Where somebody might have taken for a success what was none: what has helped a node, and whether it is well. */
export const proofs: Readonly<Record<string, Plan>> = {
  /** It rebooted late and proved itself without a slot: it had given its own back, and another had taken it. */
  'healed-late-without-a-slot': plainPlan({
    seed: 218,
    cluster: { nodes: 3, zones: 3, rented: 0, timings: { bootMs: seconds(60) } },
    replicas: [{ skewMs: 0, driftPpm: 0 }],
    policy: {
      ...ordinary.policy,
      maxConcurrent: 1,
      maxPerHour: 4,
      pacePercent: 100,
      bootTimeoutSeconds: { reboot: 160, powerCycle: 290 },
    },
    stories: [
      { kind: 'Paused', atMs: 192_086, seed: 603_529 },
      { kind: 'SecondThoughts', atMs: 23_630, seed: 479_143 },
    ],
    stormMs: seconds(210),
    calmMaxMs: minutes(7.5),
  }),
  /** The machine boots when the rung has been given up, and the next one still waits for pods. */
  'healed-late-in-the-drain': plainPlan({
    seed: 2,
    cluster: slowBoots.cluster,
    policy: { ...slowBoots.policy, drain: { deadlineSeconds: 60, onDeadline: 'Proceed' } },
    stories: [told('BudgetBlocked', 30, 6), told('Deadlock', 31, 6)],
    stormMs: minutes(8),
    calmMaxMs: minutes(30),
  }),
  /** The same, with a person who has taken the cordon away, and a leader that dies when it is to cordon anew. */
  'healed-late-before-the-cordon': plainPlan({
    seed: 6,
    ...slowBoots,
    stories: [told('Deadlock', 31, 6)],
    actors: { CordonsByHand: 100 },
    strikes: [0, 1].map((replica) => ({ replica, start: 1, step: 'Cordoning', request: 2, fault: 'KilledAfter' })),
    stormMs: minutes(8),
    calmMaxMs: minutes(30),
  }),
  /** A latched condition was taken back without a boot: not proven, and no cause for the next rung either. It went round and round. */
  'forgotten-without-a-boot': plainPlan({
    policy: { ...ordinary.policy, bootTimeoutSeconds: { reboot: 2, powerCycle: 130 } },
    stories: [told('Flapping', 40, 669_001)],
    stormMs: minutes(4),
  }),
  /** It died, unseen, right before its stability began, and the last renewal of its lease spoke for it. */
  'dead-before-stability': plainPlan({
    seed: 349,
    cluster: { nodes: 3, zones: 1, rented: 0, timings: { bootMs: seconds(12) } },
    replicas: [{ skewMs: 0, driftPpm: 0 }],
    policy: {
      ...ordinary.policy,
      maxConcurrent: 1,
      maxPerHour: 9,
      attemptsMax: 2,
      pacePercent: 20,
      bootTimeoutSeconds: { reboot: 80, powerCycle: 130 },
    },
    stories: [
      { kind: 'Hung', atMs: 75_838, seed: 348_517 },
      { kind: 'Deadlock', atMs: 180_243, seed: 237_418 },
    ],
    actors: { Kured: 27, NodeHealthCheck: 67 },
    stormMs: minutes(7),
    calmMaxMs: minutes(7.5),
  }),
  /** Its kubelet started anew while no replica led: the next leader counted the seconds before as if nothing had been. */
  'unready-between-two-leaders': plainPlan({
    seed: 171,
    cluster: { nodes: 3, zones: 1, rented: 0, timings: { bootMs: seconds(5) } },
    policy: { ...ordinary.policy, pacePercent: 100 },
    stories: [told('Deadlock', 5, 5)],
    actors: { RestartedKubelets: 100 },
    incidents: [befalls('Killed', [44, 3_600])],
    stormMs: seconds(80),
    core: 1,
  }),
  /** Its zone came back before the next leader might touch power: the rung that had switched nothing was said to have helped. */
  'back-before-power-was-touched': plainPlan({
    cluster: { nodes: 3, zones: 2, rented: 0 },
    replicas: [{ skewMs: 0, driftPpm: 0 }],
    policy: {
      ...ordinary.policy,
      ladder: 'PowerFirst',
      pacePercent: 20,
      bootTimeoutSeconds: { reboot: 180, powerCycle: 20 },
    },
    stories: [told('ZoneCut', 5, 281)],
    strikes: [{ replica: 0, start: 1, step: 'Treating', request: 1, fault: 'KilledAfter' }],
    stormMs: minutes(4),
  }) /** No BMC could be reached, so that its rung was passed over; the zone came back while the next rung waited for pods. */,
  'back-before-any-rung': plainPlan({
    cluster: { nodes: 3, zones: 2, rented: 0, timings: { bootMs: seconds(12) } },
    replicas: [{ skewMs: 0, driftPpm: 0 }],
    policy: {
      ...ordinary.policy,
      ladder: 'PowerFirst',
      pacePercent: 20,
      bootTimeoutSeconds: { reboot: 100, powerCycle: 20 },
    },
    stories: [told('ZoneCut', 5, 367)],
    incidents: [befalls('CutFromBmcs', [5, 3_600])],
    stormMs: minutes(5),
    calmMaxMs: minutes(15),
  }),
}
