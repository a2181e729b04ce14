import { minutes, seconds } from '../../kernel/time.ts'
import { plainPlan } from '../plan/plain-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { ordinary, told } from './shorthand.ts'

const cluster = { nodes: 3, zones: 1, rented: 0, timings: { bootMs: seconds(12) } }

const small = {
  cluster,
  replicas: [{ skewMs: 0, driftPpm: 0 }],
  policy: { ...ordinary.policy, pacePercent: 20 },
} as const

/** Where a BMC says one thing and does another, or the same later: whoever switches a machine off leaves it on. */
export const stubbornBmcs: Readonly<Record<string, Plan>> = {
  /** It obeyed eight seconds late, and then at once: an order to switch off came after the one to switch on. */
  'off-obeyed-after-on': plainPlan({
    ...small,
    stories: [told('StubbornBmc', 5, 1_554)],
    stormMs: seconds(82),
  }),
  /** Its rung was out of time while the order to switch off was on its way, and left: nobody saw the machine go off. */
  'off-obeyed-after-the-deadline': plainPlan({
    ...small,
    cluster: { ...cluster, timings: { bootMs: seconds(2) } },
    policy: { ...small.policy, bootTimeoutSeconds: { reboot: 180, powerCycle: 8 } },
    stories: [told('StubbornBmc', 5, 299)],
    stormMs: minutes(3),
  }),
  /** The order to switch on was ignored, and the next reading was a lie: it was taken for a machine that boots, and stayed off. */
  'on-by-a-lie': plainPlan({
    seed: 8,
    ...small,
    stories: [told('StubbornBmc', 5, 38)],
    stormMs: minutes(3),
  }),
}
