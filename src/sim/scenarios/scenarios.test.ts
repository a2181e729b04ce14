import { expect, test } from 'vitest'
import { assert } from '../../kernel/assert.ts'
import { cover } from '../coverage/cover.ts'
import { simulate } from '../simulation/simulate.ts'
import { scenarios } from './scenarios.ts'

test.each(Object.entries(scenarios))(
  '%s: safe, and everything comes to an end',
  { timeout: 180_000 },
  async (_, plan) => {
    const { failure } = await simulate(plan)
    expect(failure).toBeUndefined()
  },
)

/** Where it would be wrong to treat anybody. */
const healthy = ['leases-old-at-once', 'metrics-in-trouble', 'begun-on-an-old-look'] as const

test.each(healthy)('%s: nobody is treated', async (name) => {
  const plan = scenarios[name]
  assert(plan !== undefined, `there is a scenario ${name}`)
  const { outcomes } = await simulate(plan)
  expect(outcomes).toEqual([])
})

/** Where only pods or events show the trouble. */
test.each(['pods-crash', 'io-errors'])('%s: what the API server tells leads to a run that heals', async (name) => {
  const plan = scenarios[name]
  assert(plan !== undefined, `there is a scenario ${name}`)
  const { outcomes } = await simulate(plan)
  expect(outcomes).toEqual(['NodeRecovered'])
})

/** Where Prometheus alone shows the trouble, or shows it first. */
const byQueries = [
  ['zombies', 'NodeRecovered'],
  ['busy-by-a-query', 'NodeReplaced'],
] as const

test.each(byQueries)('%s: a query leads to a run that ends with %s', async (name, outcome) => {
  const plan = scenarios[name]
  assert(plan !== undefined, `there is a scenario ${name}`)
  const { outcomes } = await simulate(plan)
  expect(outcomes).toEqual([outcome])
})

/** Where a node is healed as it stands, or is not: what proved to help, and whether pods had to move for it. */
const inPlace = [
  ['disk-full', 'NodeRecovered', { proven: ['rung/freeDisk'], movesPods: false }],
  ['disk-needed', 'TreatmentsExhausted', { proven: [], movesPods: true }],
  ['runtime-restarted', 'NodeRecovered', { proven: ['rung/restartService'], movesPods: false }],
  ['runtime-stubborn', 'NodeRecovered', { proven: ['rung/powerCycle'], movesPods: true }],
  ['runtime-dead', 'NodeRecovered', { proven: ['rung/powerCycle'], movesPods: true }],
] as const

test.each(inPlace)('%s: ends with %s: %j', async (name, outcome, { proven, movesPods }) => {
  const plan = scenarios[name]
  assert(plan !== undefined, `there is a scenario ${name}`)
  const evicted: string[] = []
  const { outcomes } = await simulate(plan, {
    onRequest: ({ request, moment }) => {
      if (moment === 'BeforeSent' && request.path.endsWith('/eviction')) evicted.push(request.path)
    },
  })
  expect(outcomes).toEqual([outcome])
  expect(evicted.length > 0).toBe(movesPods)
  expect((await cover(plan)).marks.filter((mark) => mark.startsWith('rung/'))).toEqual(proven)
})

/** Where a run that stopped too early, or claimed too much, would show in its end alone. */
const ends = [
  ['off-obeyed-after-on', 'NodeRecovered'],
  ['off-obeyed-after-the-deadline', 'NodeRecovered'],
  ['on-by-a-lie', 'NodeRecovered'],
  ['unready-between-two-leaders', 'NodeRecovered'],
  ['back-before-power-was-touched', 'RecoveredAlone'],
  ['back-before-any-rung', 'RecoveredAlone'],
] as const

test.each(ends)('%s: ends with %s', async (name, outcome) => {
  const plan = scenarios[name]
  assert(plan !== undefined, `there is a scenario ${name}`)
  const { outcomes } = await simulate(plan)
  expect(outcomes).toEqual([outcome])
})

test('namespaces-that-end: a drain meets pods that nobody can evict any more, and says so', async () => {
  const plan = scenarios['namespaces-that-end']
  assert(plan !== undefined, 'there is such a scenario')
  expect((await cover(plan)).marks).toContain('drain/NamespaceTerminating')
})

test('relieved-wave-by-wave: the node is relieved, and nothing of it is replaced', async () => {
  const plan = scenarios['relieved-wave-by-wave']
  assert(plan !== undefined, 'there is a scenario relieved-wave-by-wave')
  const { outcomes } = await simulate(plan)
  expect(outcomes).toEqual(['NodeRelieved'])
})
