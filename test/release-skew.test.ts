import { afterEach, describe, expect, test } from 'vitest'
import { ledgerKind } from '../src/api/v1alpha1/disruption-ledger.ts'
import { healthKind } from '../src/api/v1alpha1/node-health.ts'
import { type NodeRemediation, runKind } from '../src/api/v1alpha1/node-remediation.ts'
import { policyKind } from '../src/api/v1alpha1/node-remediation-policy.ts'
import { preparePolicy } from '../src/domain/policy/prepared-policy.ts'
import { isObject, textAt } from '../src/kernel/json.ts'
import { mergePatch } from '../src/kernel/merge-patch.ts'
import { minutes, seconds } from '../src/kernel/time.ts'
import { metalPolicy, OperatedCluster } from './operated-cluster.fixture.ts'

/** While a new version rolls out, replicas of two releases stand beside each other and may lead in turn. */
const clusters: OperatedCluster[] = []
afterEach(async () => {
  for (const cluster of clusters.splice(0)) await cluster.stop()
})

const meta = { name: 'nr-1', uid: 'uid-1', resourceVersion: '7' }
const spec = {
  node: { name: 'node-1', uid: 'uid-of-node-1' },
  policyName: 'metal',
  cause: {
    diagnosis: 'kernel-hang',
    class: 'Fault',
    episode: 'e1',
    when: 'kernelDeadlock',
    signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } }],
    message: 'hung',
    detectedTime: '2026-01-01T00:00:00Z',
  },
  treatments: [{ name: 'power-cycle', powerCycle: {} }],
}

describe('objects of the release after', () => {
  test('keep the members that this one does not know, in specs, statuses and the entries of lists', () => {
    const step = {
      name: 'Draining',
      since: '2026-01-01T00:00:00Z',
      rung: 0,
      deadline: '2026-01-01T00:10:00Z',
      pace: 'Slow',
    }
    const raw = {
      metadata: meta,
      spec: { ...spec, priorityClass: 'high' },
      status: { step, timeline: [{ time: '2026-01-01T00:00:00Z', reason: 'A', message: 'b', who: 'x' }] },
    }
    const { spec: parsed, status } = runKind.project(raw)
    expect(parsed).toHaveProperty('priorityClass', 'high')
    expect(status).toHaveProperty('step.pace', 'Slow')
    expect(status.timeline).toMatchObject([{ who: 'x' }])
    const entry = { time: '2026-01-01T00:01:00Z', reason: 'C', message: 'd' }
    const patch = mergePatch(status, { ...status, timeline: [...status.timeline, entry] })
    expect(patch).toEqual({ timeline: [expect.objectContaining({ who: 'x' }), entry] })
  })

  test('a slot of the ledger keeps what the other release has written in it', () => {
    const slot = {
      runUID: 'a',
      runName: 'nr-a',
      policyName: 'metal',
      nodeName: 'node-1',
      nodeUID: 'u',
      class: 'Fault',
      claimTime: '2026-01-01T00:00:00Z',
      rack: 'r7',
    }
    expect(ledgerKind.project({ metadata: meta, spec: { slots: [slot] } }).spec?.slots).toMatchObject([{ rack: 'r7' }])
  })

  test('a treatment of a kind that this one does not know makes the policy invalid, and does nothing', () => {
    const policy = policyKind.project({
      ...metalPolicy({ treatments: [{ name: 'power-cycle', reflash: { image: 'x' } }] }),
    })
    expect(preparePolicy(policy)?.issues).toMatchObject([{ field: 'spec.treatments[0].unknown' }])
  })

  test('a status whose step is not known is not taken for that of a new run', () => {
    const run = runKind.project({
      metadata: meta,
      spec,
      status: { step: { name: 'Fencing', since: '2026-01-01T00:00:00Z' } },
    })
    expect(run.statusProblem).toContain('status.step.name')
  })

  test('a ledger with a breaker in a state that is not known cannot be read, and holds everybody', () => {
    const breaker = {
      scope: '',
      state: 'Probing',
      tripID: 't',
      tripTime: '2026-01-01T00:00:00Z',
      input: 'MaxUnhealthy',
      message: '',
    }
    const { spec: parsed, problem } = ledgerKind.project({ metadata: meta, spec: { breakers: [breaker] } })
    expect(parsed).toBeUndefined()
    expect(problem).toContain('spec.breakers.0.state')
  })
})

describe('objects of the release before', () => {
  test('lack what this one has added, and are read with its defaults', () => {
    const breaker = {
      scope: 'metal',
      state: 'Open',
      tripID: 't',
      tripTime: '2026-01-01T00:00:00Z',
      input: 'MaxUnhealthy',
      message: '',
    }
    const ledger = ledgerKind.project({ metadata: meta, spec: { slots: [], starts: [], breakers: [breaker] } })
    expect(ledger).toMatchObject({ problem: undefined, spec: { proven: [], breakers: [{ figure: 0 }] } })
    const step = { name: 'Verifying', since: '2026-01-01T00:00:00Z', deadline: '2026-01-01T00:10:00Z', rung: 0 }
    expect(runKind.project({ metadata: meta, spec, status: { step } }).statusProblem).toBeUndefined()
    const health = healthKind.project({
      metadata: meta,
      spec: { node: { name: 'node-1', uid: 'u' }, policyName: 'metal' },
      status: {
        diagnosis: {
          name: 'd',
          class: 'Fault',
          urgency: 'Immediate',
          since: '2026-01-01T00:00:00Z',
          episode: 'e',
          message: '',
        },
      },
    })
    expect(health).toMatchObject({ problem: undefined, status: { diagnosis: { name: 'd' } } })
  })
})

describe('a run that the other release has left in a step that this one does not know', () => {
  test('is left as it is, told by its name, and nothing is done to its node', async () => {
    const cluster = new OperatedCluster([metalPolicy()])
    clusters.push(cluster)
    await cluster.start()
    cluster.world.deadlock('node-1')
    await cluster.until('Draining')
    const [run] = cluster.runs
    const writes: string[] = []
    loosen(cluster)
    cluster.world.api.patchStatus(
      'noderemediations.prunella.dev',
      { name: nameOf(run) },
      { status: { step: { name: 'Fencing' } } },
    )
    await cluster.run(seconds(1))
    cluster.world.server.onChange(({ plural, request: { verb, user } }) => {
      const isCluster = user.startsWith('system:node:') || user.startsWith('system:serviceaccount:kube-system:')
      if (!isCluster && ['nodes', 'noderemediations', 'jobs'].includes(plural))
        writes.push(`${verb} ${plural} by ${user}`)
    })
    await cluster.run(minutes(10))
    expect(writes).toEqual([])
    expect(cluster.log.lines).toContainEqual(
      expect.objectContaining({
        text: 'refused',
        fields: expect.objectContaining({ cause: expect.stringContaining('status.step.name') }),
      }),
    )
    const events = cluster.world.objects
      .all('events.events.k8s.io')
      .filter((event) => textAt(event, 'reason') === 'RemediationHeld')
    expect(events.map((event) => textAt(event, 'note') ?? '')).toContainEqual(expect.stringContaining('RunUnreadable'))
  })
})

const nameOf = (run: NodeRemediation | undefined): string => run?.metadata.name ?? ''

/** What the newer release has installed: its definition allows a step more. */
function loosen({ world }: OperatedCluster): void {
  const name = 'noderemediations.prunella.dev'
  const crd = world.api.get('customresourcedefinitions.apiextensions.k8s.io', { name })
  const text = JSON.stringify(crd).replace('"enum":["Approving"', '"enum":["Fencing","Approving"')
  const newer: unknown = JSON.parse(text)
  world.api.update('customresourcedefinitions.apiextensions.k8s.io', isObject(newer) ? newer : {})
}
