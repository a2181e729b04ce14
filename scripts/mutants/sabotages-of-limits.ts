import type { Sabotage } from './sabotage.ts'

const budget = (file: string): string => `src/domain/budget/${file}`
const detect = (file: string): string => `src/domain/detect/${file}`

/** How far it may go: budgets, rates, attempts, breakers, counts of the fleet. */
export const sabotagesOfLimits: readonly Sabotage[] = [
  {
    name: 'the budget always allows',
    invariant: 'I1',
    file: budget('gates.ts'),
    cut: 'if (own.length >= limit) return',
    paste: 'if (own.length < 0) return',
  },
  {
    name: 'the cap of the cluster is not asked',
    invariant: 'I1',
    file: budget('gates.ts'),
    cut: 'if (all.length >= guard.maxConcurrent) return',
    paste: 'if (all.length < 0) return',
  },
  {
    name: 'M2 budget-from-cache',
    invariant: 'I1',
    file: budget('gates.ts'),
    cut: 'const all = ledger.spec.slots\n',
    paste:
      "const seen = figures.kind === 'Known' ? figures.cluster : { selected: 0, healthy: 0 }\n" +
      '  const all = ledger.spec.slots.slice(0, seen.selected - seen.healthy)\n',
  },
  {
    name: 'a topology domain has no limit',
    invariant: 'I1',
    file: budget('gates.ts'),
    cut: 'if (holders.length >= maxConcurrent) {',
    paste: 'if (holders.length < 0) {',
  },
  {
    name: 'starts in the future are free',
    invariant: 'I2',
    file: budget('gates.ts'),
    cut: 'now - (parseTime(startTime) ?? now) < hours(1)',
    paste: 'Math.abs(now - (parseTime(startTime) ?? now)) < hours(1)',
  },
  {
    name: 'M3 ring-in-memory',
    invariant: 'I2',
    file: budget('ledger.ts'),
    cut: '[...recentStarts(ledger.starts, nowAtLeast), start]',
    paste: '[start]',
  },
  {
    name: `M5 empty-list-is-data`,
    invariant: 'I4',
    file: budget('node-count.ts'),
    cut: `if (listed === 0 && before === 0) return`,
    paste: `if (listed < 0) return`,
  },
  {
    name: `half a list is a smaller fleet`,
    invariant: 'I4',
    file: budget('node-count.ts'),
    cut: `if (listed > 0 && listed >= before * shrinkMax) return undefined`,
    paste: `if (listed > 0) return undefined`,
  },
  {
    name: `a restart forgets how many nodes there were`,
    invariant: 'I4',
    file: budget('node-count.ts'),
    cut: `Math.max(listed, stored ?? 0)`,
    paste: `listed`,
  },
  {
    name: `M4 breaker-closes-itself`,
    invariant: 'I3',
    file: budget('breaker.ts'),
    cut: `return { ...current, state: 'Cooling', coolingSince: rfc3339(seen.now) }`,
    paste: `return undefined`,
  },
  {
    name: `nothing trips the breaker`,
    invariant: 'I3',
    file: budget('breaker.ts'),
    cut: `if (current === undefined) return seen.excesses[0] && tripped(seen, seen.excesses[0])`,
    paste: `if (current === undefined) return undefined`,
  },
  {
    name: 'a busy evening holds nobody',
    invariant: 'I3',
    file: budget('breaker-gate.ts'),
    cut: "if (node?.class !== 'Load') return undefined",
    paste: 'if (node !== undefined) return undefined',
  },
  {
    name: `the breaker stays open for ever`,
    invariant: 'L3',
    file: budget('breaker.ts'),
    cut: `return { ...current, state: 'Cooling', coolingSince: rfc3339(seen.now) }`,
    paste: `return current`,
  },
  {
    name: `the breaker cools no time at all`,
    invariant: 'I3',
    file: budget('breaker.ts'),
    cut: `Math.min(now - since, seenCoolingMs) < coolingMs ? current`,
    paste: `now < since ? current`,
  },
  {
    name: `a canary that failed closes the breaker`,
    invariant: 'I3',
    file: budget('breaker.ts'),
    cut: `case 'Helped':
      return undefined`,
    paste: `case 'Helped':
    case 'Failed':
      return undefined`,
  },
  {
    name: `any acknowledgement resets every trip`,
    invariant: 'I3',
    file: budget('breaker.ts'),
    cut: `acknowledged.includes(tripID)`,
    paste: `acknowledged.length > 0`,
  },
  {
    name: `a half-open breaker lets everybody pass`,
    invariant: 'I3',
    file: budget('breaker-gate.ts'),
    cut: `if (needsCanary(breaker, policyName) && !isUnderWay) return undefined`,
    paste: `if (!isUnderWay) return undefined`,
  },
  {
    name: `too many sick nodes are no reason to wait`,
    invariant: 'I3',
    file: budget('breaker-gate.ts'),
    cut: `if (count <= limit) return undefined`,
    paste: `if (count >= 0) return undefined`,
  },
  {
    name: `M34 new-ledger-closed`,
    invariant: 'I3',
    file: budget('breaker-gate.ts'),
    cut: `ledgerUID !== undefined && ledger.uid !== ledgerUID`,
    paste: `ledgerUID !== undefined && ledger.uid === ''`,
  },
  {
    name: 'M11 cooldown-in-memory',
    invariant: 'I9',
    file: detect('history-gates.ts'),
    cut: 'if (now >= overAt) return',
    paste: 'if (now >= 0) return',
  },
  {
    name: `attempts are not counted`,
    invariant: 'I9',
    file: detect('history-gates.ts'),
    cut: `if (count < max) return`,
    paste: `if (count >= 0) return`,
  },
  {
    name: `a flapping node is like any other`,
    invariant: 'I9',
    file: detect('history-gates.ts'),
    cut: `flaps.flapping ? flapping(flaps, numbers) : pass`,
    paste: `flaps.percent < 0 ? flapping(flaps, numbers) : pass`,
  },
]
