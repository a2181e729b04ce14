import { expect, test } from 'vitest'
import { customResourceDefinition } from '../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../src/api/crd/definitions.ts'
import { prunella } from '../src/cli/context.fixture.ts'
import { pdbVerb } from '../src/cli/pdb/index.ts'
import type { JsonObject } from '../src/kernel/json.ts'
import { minutes } from '../src/kernel/time.ts'
import { clusterOver } from '../src/runtime/client.ts'
import { inProcessTransport } from '../src/sim/api-server/in-process-transport.ts'
import { Loop } from '../src/sim/loop.ts'
import { World } from '../src/sim/world/world.ts'
import { metalPolicy } from './operated-cluster.fixture.ts'

/** The budgets of a cluster of three workers, as its disruption controller has worked them out. */
async function checked(budget: JsonObject, extra: readonly JsonObject[] = []) {
  const loop = new Loop()
  const world = new World({
    timers: loop,
    seed: 1,
    nodes: 4,
    manifests: [...definitions.map(customResourceDefinition), metalPolicy()],
    nodeLabels: { remediable: 'true' },
    workloads: [{ namespace: 'shop', name: 'web', replicas: 3, cpu: '100m', budget: { minAvailable: 2 } }],
  })
  await loop.runFor(minutes(2))
  world.api.patch('poddisruptionbudgets.policy', { namespace: 'shop', name: 'web' }, { spec: budget })
  for (const object of extra) world.api.create('poddisruptionbudgets.policy', object)
  await loop.runFor(minutes(1))
  let isOver = false
  const said = prunella(pdbVerb, ['check', '-o', 'json'], {
    cluster: clusterOver(inProcessTransport(world.server)),
    clock: loop.clock,
  }).finally(() => {
    isOver = true
  })
  await loop.runFor(minutes(1), () => isOver)
  const { code, out } = await said
  const { items } = JSON.parse(out) as { readonly items: readonly JsonObject[] }
  return { code, items, nodes: world.objects.all('pods').filter(isWeb).map(nodeOf) }
}

const isWeb = (pod: JsonObject): boolean => JSON.stringify(pod['metadata']).includes('"namespace":"shop"')
const nodeOf = (pod: JsonObject): string => (pod['spec'] as { readonly nodeName: string }).nodeName

test('a budget that lets one go is no finding', async () => {
  expect(await checked({ minAvailable: 2 })).toMatchObject({ code: 0, items: [] })
})

test('one that asks for all pods blocks the nodes that they are on', async () => {
  const { code, items, nodes } = await checked({ minAvailable: 3 })
  expect([code, items]).toMatchObject([
    1,
    [{ budgets: ['shop/web'], reason: 'MinAvailableTooHigh', nodes: [...new Set(nodes)].toSorted() }],
  ])
})

test('two budgets on the same pods, and one that protects nobody, are found together', async () => {
  const second = (name: string, matchLabels: JsonObject): JsonObject => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'shop' },
    spec: { maxUnavailable: 1, selector: { matchLabels } },
  })
  const { code, items } = await checked({ minAvailable: 2 }, [second('all', {}), second('none', { app: 'gone' })])
  expect([code, items]).toMatchObject([
    1,
    [
      { budgets: ['shop/all', 'shop/web'], reason: 'SeveralBudgets', pods: { length: 3 } },
      { budgets: ['shop/none'], reason: 'SelectsNothing' },
    ],
  ])
})
