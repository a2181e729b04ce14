import { expect, test } from 'vitest'
import { type DisruptionBudget, disruptionBudgetKind } from '../api/core/neighbours.ts'
import { RefusedError } from '../ports/errors.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import { Budgets } from './budgets.ts'

const budgetIn = (namespace: string): DisruptionBudget =>
  disruptionBudgetKind.project({ metadata: { name: 'pg', namespace }, spec: {}, status: {} })

/** The watch knows `db`; by itself every namespace may be read but those that are closed. */
function bed({ problem }: { readonly problem?: string }, ...closed: readonly string[]) {
  const clock = new FakeClock()
  const asked: string[] = []
  const world = { problem, closed: new Set(closed) }
  const budgets = new Budgets({
    clock,
    watched: {
      problem: () => world.problem,
      byIndex: (_, namespace) => (namespace === 'db' ? [budgetIn('db')] : []),
    },
    reader: {
      list: async (kind, { namespace = '' } = {}) => {
        asked.push(namespace)
        if (world.closed.has(namespace)) throw new RefusedError('forbidden', { status: 403, reason: 'Forbidden' })
        return [kind.project({ metadata: { name: 'pg', namespace } })]
      },
    },
  })
  const seen = (...namespaces: readonly string[]) => {
    const { budgets: found, unread } = budgets.of(namespaces)
    return { found: found.map(({ metadata }) => metadata.namespace), unread }
  }
  return { clock, asked, world, seen }
}
const mayNotBeListed = { problem: 'poddisruptionbudgets may not be listed' }

test('where all may be listed nothing is asked', () => {
  const { seen, asked } = bed({})
  expect(seen('db', 'web')).toEqual({ found: ['db'], unread: {} })
  expect(asked).toEqual([])
})

test('where they may not, each namespace is read by itself, and one that stays closed is the only one that is unread', async () => {
  const { clock, seen } = bed(mayNotBeListed, 'vault')
  expect(seen('web', 'vault')).toEqual({
    found: [],
    unread: { web: mayNotBeListed.problem, vault: mayNotBeListed.problem },
  })
  await clock.advance(0)
  expect(seen('web', 'vault')).toEqual({ found: ['web'], unread: { vault: 'forbidden' } })
})

test('a namespace is read again after half a minute, however many nodes ask', async () => {
  const { clock, seen, asked, world } = bed(mayNotBeListed, 'vault')
  for (let second = 0; second < 60; second += 5) {
    seen('vault')
    await clock.advance(5_000)
  }
  expect(asked).toEqual(['vault', 'vault'])
  world.closed.clear()
  seen('vault')
  await clock.advance(0)
  expect(seen('vault')).toEqual({ found: ['vault'], unread: {} })
})

test('what was read minutes ago is not believed', async () => {
  const { clock, seen } = bed(mayNotBeListed)
  seen('web')
  await clock.advance(120_000)
  expect(seen('web').unread).toEqual({ web: mayNotBeListed.problem })
})

test('few are read at once; the others have their turn at the next look', async () => {
  const { clock, seen, asked } = bed(mayNotBeListed)
  const many = ['a', 'b', 'c', 'd', 'e', 'f']
  seen(...many)
  expect(asked).toHaveLength(4)
  await clock.advance(0)
  seen(...many)
  await clock.advance(0)
  expect(seen(...many)).toEqual({ found: many, unread: {} })
})
