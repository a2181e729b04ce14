import { expect, test } from 'vitest'
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
