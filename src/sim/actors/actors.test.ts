import { describe, expect, test } from 'vitest'
import { customResourceDefinition } from '../../api/crd/custom-resource-definition.ts'
import { definitions } from '../../api/crd/definitions.ts'
import { defaultGuard, emptyLedger } from '../../api/initial-objects.ts'
import { at, type JsonObject } from '../../kernel/json.ts'
import { Prng } from '../../kernel/prng.ts'
import { minutes } from '../../kernel/time.ts'
import { Loop } from '../loop.ts'
import { isReady, isUnschedulable, taintsOf } from '../world/fields.ts'
import { World } from '../world/world.ts'
import type { Actor } from './actor.ts'
import { actors } from './actors.ts'

const policy: JsonObject = {
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name: 'policy' },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [{ name: 'silent', nodeCondition: { type: 'Ready', status: 'Unknown' }, holdSeconds: 60 }],
    diagnoses: [{ name: 'dead', class: 'Fault', when: 'silent', treatments: ['reboot'] }],
    treatments: [{ name: 'reboot', reboot: {} }],
  },
}

interface Told {
  readonly world: World
  readonly notes: readonly string[]
  /** Who wrote, apart from the cluster itself. */
  readonly writers: ReadonlySet<string>
}

/** These actors alone, in a hurry, for ten minutes; and then somewhat longer in peace. */
async function play(some: readonly Actor[], seed: number): Promise<Told> {
  const loop = new Loop()
  const world = new World({
    timers: loop,
    seed,
    nodes: 3,
    pools: [{ name: 'burst', cpus: 4, zones: ['a', 'b'], nodes: 2, nodesMax: 4 }],
    manifests: [...definitions.map(customResourceDefinition), emptyLedger, defaultGuard, policy],
    workloads: [{ namespace: 'shop', name: 'web', replicas: 3, budget: { minAvailable: 2 } }],
  })
  const notes: string[] = []
  const writers = new Set<string>()
  await loop.runFor(minutes(2))
  world.server.onChange(({ request: { user } }) => {
    if (!user.startsWith('system:')) writers.add(user)
  })
  const note = (text: string): void => void notes.push(text)
  const ends = some.map((actor) =>
    actor.start({ world, timers: loop, prng: new Prng(seed).fork(actor.name), weight: 600, note }),
  )
  await loop.runFor(minutes(10))
  for (const end of ends) end()
  await loop.runFor(minutes(18))
  return { world, notes, writers }
}

describe.each(actors.map((actor) => [actor.name, actor] as const))('%s', (_, actor) => {
  test('acts, under its own name, and leaves the cluster in peace', async () => {
    const { world, notes, writers } = await play([actor], 1)
    expect(notes.length).toBeGreaterThan(2)
    expect(notes.filter((note) => note.startsWith('was refused')).length).toBeLessThan(notes.length / 2)
    expect([...writers].every((user) => user.endsWith('@example.com') || user === 'system:admin')).toBe(true)
    const nodes = world.objects.all('nodes')
    expect(nodes.filter((node) => isUnschedulable(node) || !isReady(node) || taintsOf(node).length > 0)).toEqual([])
    expect(world.objects.all('remediationpauses.prunella.dev')).toEqual([])
    expect(at(world.objects.all('noderemediationpolicies.prunella.dev')[0], 'spec', 'mode')).toBe('Automatic')
    expect(world.objects.all('disruptionledgers.prunella.dev')).toHaveLength(1)
    expect(world.objects.all('pods').filter((pod) => !isReady(pod))).toEqual([])
  }, 30_000)
})

test('all together tell the same story twice', async () => {
  const { notes } = await play(actors, 3)
  expect(notes.length).toBeGreaterThan(100)
  expect((await play(actors, 3)).notes).toEqual(notes)
}, 60_000)
