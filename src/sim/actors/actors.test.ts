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

/** One actor alone, in a hurry, for twenty minutes; and then as long in peace. */
async function play(actor: Actor, seed: number): Promise<Told> {
  const loop = new Loop()
  const world = new World({
    timers: loop,
    seed,
    nodes: 4,
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
  const prng = new Prng(seed).fork(actor.name)
  const end = actor.start({ world, timers: loop, prng, weight: 400, note: (text) => notes.push(text) })
  await loop.runFor(minutes(20))
  end()
  await loop.runFor(minutes(20))
  return { world, notes, writers }
}

describe.each(actors.map((actor) => [actor.name, actor] as const))('%s', (_, actor) => {
  test('acts, under its own name, alike for one seed, and leaves the cluster in peace', async () => {
    const { world, notes, writers } = await play(actor, 1)
    expect(notes.length).toBeGreaterThan(4)
    expect(notes.filter((note) => note.startsWith('was refused')).length).toBeLessThan(notes.length / 2)
    expect([...writers].every((user) => user.endsWith('@example.com') || user === 'system:admin')).toBe(true)
    const nodes = world.objects.all('nodes')
    expect(nodes.filter((node) => isUnschedulable(node) || !isReady(node) || taintsOf(node).length > 0)).toEqual([])
    expect(world.objects.all('remediationpauses.prunella.dev')).toEqual([])
    expect(at(world.objects.all('noderemediationpolicies.prunella.dev')[0], 'spec', 'mode')).toBe('Automatic')
    expect(world.objects.all('disruptionledgers.prunella.dev')).toHaveLength(1)
    expect(world.objects.all('pods').filter((pod) => !isReady(pod))).toEqual([])
    expect((await play(actor, 1)).notes).toEqual(notes)
  }, 30_000)
})
