import type { Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import type { ApprovalPlan, CalendarPlan, PolicyPlan } from './plan.ts'

/** Of what is beyond the ordinary most policies have nothing: what one part does alone is seen, too. */
export function drawPolicy(prng: Prng, pacePercent: number): PolicyPlan {
  const mode = prng.fork('mode').int(1, 100)
  const has = (name: string, permille: number): boolean => prng.fork(`${name}/on`).chance(permille)
  const asksOften = mode > 80 && mode <= 92
  return {
    mode: mode <= 80 ? 'Automatic' : asksOften ? 'Approve' : 'Observe',
    maxConcurrent: prng.fork('concurrent').int(1, 3),
    maxPerHour: prng.fork('rate').int(3, 12),
    maxUnhealthyPercent: prng.fork('unhealthy').chance(250) ? 34 : 80,
    attemptsMax: prng.fork('attempts').int(1, 3),
    pacePercent,
    asksQueries: prng.fork('queries').chance(500),
    asksCluster: prng.fork('cluster').chance(500),
    treatsInPlace: prng.fork('in-place').chance(700),
    // Twice what a boot takes at most, and what a cut-off node needs to be heard of again.
    bootTimeoutSeconds: { reboot: 60 + pacePercent, powerCycle: 90 + 2 * pacePercent },
    ...(has('ladder', 100) ? { ladder: 'PowerFirst' } : {}),
    ...(has('approval', asksOften ? 800 : 80) ? { approval: drawApproval(prng.fork('approval')) } : {}),
    ...(has('calendar', 100) ? { calendar: drawCalendar(prng.fork('calendar')) } : {}),
    ...drawMoves(prng, has),
    ...(has('spare', 80) ? { spareNodes: prng.fork('spare').int(1, 2) } : {}),
    ...(has('rival', 100) ? { rival: drawRival(prng.fork('rival')) } : {}),
  }
}

/** How pods are moved. */
const drawMoves = (prng: Prng, has: (name: string, permille: number) => boolean): Partial<PolicyPlan> => ({
  ...(has('drain', 150) ? { drain: drawDrain(prng.fork('drain')) } : {}),
  ...(has('drain-rules', 300) ? { drainRules: drawRules(prng.fork('drain-rules')) } : {}),
  ...(has('relieves', 600) ? { relieves: true } : {}),
})

/** With timeouts that end within the storm. */
const drawApproval = (prng: Prng): ApprovalPlan => ({
  timeoutSeconds: prng.fork('timeout').int(60, 180),
  onExpiry: prng.fork('expiry').chance(500) ? 'Release' : 'Quarantine',
  rungs: [['power-cycle'], ['reboot'], ['power-cycle', 'replace'], []][prng.fork('rungs').int(0, 3)] ?? [],
})

/** Windows that open again and again, and a freeze that ends: time alone makes peace. */
const drawCalendar = (prng: Prng): CalendarPlan => {
  const kind = prng.fork('kind').int(1, 3)
  const everyMinutes = prng.fork('every').int(4, 12)
  const durationSeconds = prng.fork('duration').int(60, 180)
  const freeze = {
    fromMs: prng.fork('freeze/from').int(0, minutes(5)),
    forMs: prng.fork('freeze/for').int(seconds(30), minutes(8)),
  }
  return { ...(kind === 1 ? {} : { window: { everyMinutes, durationSeconds } }), ...(kind === 2 ? {} : { freeze }) }
}

/** Too short for most drains. */
const drawDrain = (prng: Prng): NonNullable<PolicyPlan['drain']> => ({
  deadlineSeconds: prng.fork('deadline').int(5, 90),
  onDeadline: (['Quarantine', 'Release', 'Proceed'] as const)[prng.fork('then').int(0, 2)] ?? 'Quarantine',
})

const drawRules = (prng: Prng): NonNullable<PolicyPlan['drainRules']> => ({
  ...(prng.fork('forbidden').chance(500) ? { doNotDisrupt: 'Ignore' } : {}),
  ...(prng.fork('local').chance(700) ? { localVolumes: 'Evict' } : {}),
})

const drawRival = (prng: Prng): NonNullable<PolicyPlan['rival']> => ({
  priority: [-1, -1, 1, 1, 0][prng.fork('priority').int(0, 4)] ?? 0,
  mode: prng.fork('acts').chance(700) ? 'Automatic' : 'Observe',
})
