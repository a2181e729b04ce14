import { expect, test } from 'vitest'
import { bmcSecretName, defaultNamespace } from '../src/api/annotations.ts'
import { customResourceDefinition } from '../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../src/api/crd/definitions.ts'
import { defaultGuard, emptyLedger } from '../src/api/initial-objects.ts'
import { healthKind } from '../src/api/v1alpha1/node-health.ts'
import { runKind } from '../src/api/v1alpha1/node-remediation.ts'
import { policyKind } from '../src/api/v1alpha1/node-remediation-policy.ts'
import { startOperator } from '../src/controllers/operator.ts'
import type { JsonObject } from '../src/kernel/json.ts'
import { minutes } from '../src/kernel/time.ts'
import { FakeLog } from '../src/runtime/fake-log.fixture.ts'
import { inProcessTransport } from '../src/sim/api-server/in-process-transport.ts'
import { Loop } from '../src/sim/loop.ts'
import { World } from '../src/sim/world/world.ts'

/** What people get wrong: each gives one clear reason on the object concerned and in the log, and nothing is guessed. */
const policy = (unusual: JsonObject = {}): JsonObject => ({
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name: 'metal' },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } }],
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['power-cycle'] }],
    treatments: [{ name: 'power-cycle', powerCycle: {}, drain: { mode: 'Skip' } }],
    limits: { maxUnhealthy: '100%' },
    ...unusual,
  },
})

async function clusterWith(policySpec: JsonObject, spoil: (world: World) => void) {
  const [loop, log, over] = [new Loop(), new FakeLog(), new AbortController()]
  const manifests = [...definitions.map(customResourceDefinition), emptyLedger, defaultGuard, policySpec]
  const world = new World({ timers: loop, seed: 1, nodes: 3, manifests, nodeLabels: { remediable: 'true' } })
  await loop.runFor(minutes(2))
  spoil(world)
  const operator = startOperator(
    {
      clock: loop.clock,
      transport: inProcessTransport(world.server),
      power: world.power,
      alerts: [world.alertmanager.alerts],
      log,
      journal: { append: () => {} },
    },
    {
      identity: 'operator',
      seed: 1,
      namespace: defaultNamespace,
      nodeJobImage: 'registry.example/node-job@sha256:0',
      alertPollSeconds: 5,
      powerGuardGapSeconds: 11,
    },
    over.signal,
  )
  world.deadlock('node-1')
  await loop.runFor(minutes(1))
  over.abort()
  await loop.runFor(minutes(1))
  await operator.done
  const run = world.objects.all('noderemediations.prunella.dev').map(runKind.project)[0]
  const stored = world.objects.all('noderemediationpolicies.prunella.dev').map(policyKind.project)[0]
  const gates = world.objects.all('nodehealths.prunella.dev').map(healthKind.project)[0]?.status.gates ?? []
  return { world, log, run, gates, policy: stored }
}

const commands = ({ bmcNetwork }: World): number => bmcNetwork.log.filter(({ command }) => command !== 'Read').length

test('a BMC with a wrong password starts nothing: the gate says so, without the password, and the node is not even cordoned', async () => {
  const { world, run, gates } = await clusterWith(policy(), (spoilt) => {
    spoilt.bmc('node-1').password = 'another'
  })
  expect(gates).toContainEqual(expect.objectContaining({ gate: 'ProviderReady', reason: 'ProviderRefused' }))
  expect(JSON.stringify(gates)).not.toContain(world.bmc('node-1').options.password)
  expect(run).toBeUndefined()
  expect(commands(world)).toBe(0)
  expect(world.objects.get('nodes', { name: 'node-1' })).not.toHaveProperty('spec.unschedulable')
})

test('a node without a BMC mapping is held, and nobody guesses an address', async () => {
  const { world, run, gates } = await clusterWith(policy(), ({ api }) => {
    api.delete('secrets', { namespace: defaultNamespace, name: bmcSecretName('node-1') })
  })
  expect(gates).toContainEqual(
    expect.objectContaining({
      gate: 'ProviderReady',
      reason: 'TreatmentUnsupported',
      message: expect.stringContaining('bmc-node-1 is not there'),
    }),
  )
  expect(run).toBeUndefined()
  expect(commands(world)).toBe(0)
})

test('an Alertmanager that answers HTML makes the policies that need it unready, and is no reason to act or to be well', async () => {
  const spec = policy({
    signals: [{ name: 'cpuSaturated', alert: { name: 'NodeCPUSaturated' } }],
    diagnoses: [{ name: 'overloaded', class: 'Load', when: 'cpuSaturated', treatments: ['replace'] }],
    treatments: [{ name: 'replace', replace: { provider: 'Karpenter' } }],
  })
  const {
    log,
    run,
    policy: seen,
  } = await clusterWith(spec, ({ alertmanager }) => {
    alertmanager.trouble = 'Html'
  })
  const ready = seen?.status.conditions.find(({ type }) => type === 'Ready')
  expect(ready).toMatchObject({
    status: 'False',
    reason: 'SourceUnavailable',
    message: expect.stringContaining('text/html'),
  })
  expect(log.lines.filter(({ text }) => text.includes('Alertmanager'))).toHaveLength(1)
  expect(run).toBeUndefined()
})

test('a policy that this version cannot carry out names the field, and does nothing', async () => {
  const {
    run,
    policy: seen,
    log,
  } = await clusterWith(
    policy({
      diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['external'] }],
      treatments: [{ name: 'external', external: { templateName: 'x' } }],
    }),
    () => {},
  )
  const ready = seen?.status.conditions.find(({ type }) => type === 'Ready')
  expect(ready).toMatchObject({
    status: 'False',
    reason: 'PolicyInvalid',
    message: expect.stringContaining('treatments[0].external'),
  })
  expect(log.lines.some(({ fields }) => JSON.stringify(fields).includes('treatments[0].external'))).toBe(true)
  expect(run).toBeUndefined()
})

test('nothing of all this is a defect of ours', async () => {
  const { log } = await clusterWith(policy(), (world) => {
    world.bmc('node-1').behave({ unreachable: 1_000 })
    world.alertmanager.trouble = 'Down'
  })
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
})
