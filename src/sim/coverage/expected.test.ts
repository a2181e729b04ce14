import { expect, test } from 'vitest'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import { seconds } from '../../kernel/time.ts'
import { plainPlan } from '../plan/plain-plan.ts'
import { simulate } from '../simulation/simulate.ts'
import { unreachable } from './expected.ts'

/** Two runs, a lost server and a new leader: every reader begins, fails and begins anew. */
const plan = plainPlan({
  cluster: { nodes: 3, zones: 1, rented: 1 },
  stories: [
    { kind: 'Deadlock', atMs: seconds(30), seed: 4 },
    { kind: 'Overload', atMs: seconds(35), seed: 4 },
  ],
  incidents: [
    { kind: 'ServerDown', atMs: seconds(60), forMs: seconds(30) },
    { kind: 'Killed', atMs: seconds(100), forMs: seconds(60), replica: 0 },
  ],
  stormMs: seconds(150),
  // What becomes of it all is asked elsewhere.
  calmMaxMs: 0,
})

test('no read of the operator is content with any version: a stale one could befall none', async () => {
  expect(unreachable['fault/StaleRead']).toBeDefined()
  const versions = new Set<string | undefined>()
  await simulate(plan, {
    onRequest: ({ request, moment }) => {
      if (request.method === 'GET' && moment === 'BeforeSent') versions.add(request.query?.['resourceVersion'])
    },
  })
  expect(versions.size).toBeGreaterThan(1)
  expect([...versions]).not.toContain('0')
}, 120_000)

test('a node that no policy selects has no NodeHealth: nobody could read there that it is not selected', async () => {
  expect(unreachable['gate/Selected/NotSelected']).toBeDefined()
  const seen = new Set<string>()
  await simulate(
    { ...plan, actors: { EditsPolicies: 100 } },
    {
      onHappening: (happening) => {
        if (happening.kind !== 'Changed' || happening.change.plural !== healthKind.plural) return
        if (happening.change.type === 'DELETED') return
        seen.add(JSON.stringify(happening.change.object['status']))
      },
    },
  )
  expect(seen.size).toBeGreaterThan(0)
  expect([...seen].filter((status) => status.includes('NotSelected'))).toEqual([])
}, 120_000)
