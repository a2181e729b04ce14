import { expect, test } from 'vitest'
import { nodeKind } from '../api/core/node.ts'
import { podKind } from '../api/core/pod.ts'
import { runKind } from '../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../api/v1alpha1/node-remediation-policy.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import { PreparedPolicies } from './prepared-policies.ts'
import { SurroundingsView } from './surroundings.ts'
import { FakeWatched } from './watched.fixture.ts'

/** A fleet under one policy whose selector counts how often it is read. */
function fleet(nodes: number) {
  let reads = 0
  const policy = policyKind.project({
    metadata: { name: 'general', uid: 'p', generation: 1 },
    spec: {
      nodeSelector: { matchLabels: { remediable: 'true' } },
      signals: [{ name: 's', nodeCondition: { type: 'Ready', status: 'Unknown' } }],
      diagnoses: [{ name: 'd', class: 'Fault', when: 's', treatments: ['t'] }],
      treatments: [{ name: 't', reboot: {} }],
    },
  })
  const { spec } = policy
  if (spec === undefined) throw new Error(policy.problem)
  const nodeSelector = {
    get matchLabels() {
      reads += 1
      return { remediable: 'true' }
    },
  }
  const prepared = new PreparedPolicies({ list: () => [{ ...policy, spec: { ...spec, nodeSelector } }] })
  const informers = {
    nodes: new FakeWatched(nodeKind, {}),
    pods: new FakeWatched(podKind, { node: ({ nodeName }) => [nodeName] }),
    runs: new FakeWatched(runKind, {}),
  }
  for (let index = 0; index < nodes; index += 1)
    informers.nodes.put({ metadata: { name: `node-${index}`, uid: `${index}`, labels: { remediable: 'true' } } })
  const clock = new FakeClock()
  const ports = { clock, informers, prepared, ownNode: '' }
  const view = new SurroundingsView(ports as unknown as ConstructorParameters<typeof SurroundingsView>[0])
  return { view, clock, reads: () => reads }
}

test('the selector of a policy is read once per version, however many nodes there are and however often they are asked', async () => {
  const { view, clock, reads } = fleet(100)
  view.vital('node-1')
  const once = reads()
  for (let look = 0; look < 5; look += 1) {
    await clock.advance(1_000)
    view.vital('node-1')
  }
  expect(once).toBeLessThan(10)
  expect(reads()).toBe(once)
})
