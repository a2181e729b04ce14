import { describe, expect, test } from 'vitest'
import { disruptionBudgetKind } from '../../api/core/neighbours.ts'
import { blockedRetryMs, evictionRetryMs, evictionsInFlightMax } from '../../api/pacing.ts'
import { later, rfc3339 } from '../../kernel/time.ts'
import { decide } from './decide.ts'
import { commandsOf, heldBy, moves } from './decision.fixture.ts'
import {
  bmc,
  condition,
  cordoned,
  meta,
  now,
  observation,
  overdue,
  pod,
  policy,
  present,
  run,
  runSpec,
  shared,
  sickNode,
  slotHeld,
  steps,
} from './observation.fixture.ts'

describe('draining', () => {
  const draining = { step: steps.draining, ...slotHeld, ...cordoned() }
  const rungWith = (drain: Record<string, unknown>) => ({ name: 'reboot', reboot: {}, drain })

  test('pods leave by eviction, least important first, those with data on the node last', () => {
    const pods = [pod('local', { localVolumes: ['emptyDir'] }), pod('vital', { priority: 9 }), pod('plain')]
    const consenting = {
      ...draining,
      run: run({ spec: runSpec({ treatments: [rungWith({ localVolumes: 'Evict' })] }) }),
    }
    const decision = decide(observation({ ...consenting, pods }))
    expect(decision.kind === 'Stay' && decision.commands.map((command) => 'pod' in command && command.pod)).toEqual([
      'plain',
      'vital',
    ])
    expect(commandsOf(decide(observation({ ...consenting, pods: [pods[0] ?? pod('local')] })))).toEqual(['Evict'])
  })

  test('what its owner forbids, and what would cost data, is not done before the rung says so, and named', () => {
    const kept = [
      pod('local', { localVolumes: ['emptyDir'] }),
      pod('vowed', {
        metadata: { ...pod('vowed').metadata, annotations: { 'karpenter.sh/do-not-disrupt': 'true' } },
      }),
    ]
    const said = decide(observation({ ...draining, pods: kept }))
    expect(commandsOf(said)).toEqual([])
    expect(said).toMatchObject({
      held: { reason: 'LocalDataAtRisk' },
      drain: { blocked: [{ reason: 'LocalDataAtRisk' }, { reason: 'DoNotDisrupt', pods: ['web/vowed'] }] },
    })
    const rung = rungWith({ localVolumes: 'Evict', doNotDisrupt: 'Ignore' })
    const free = { ...draining, run: run({ spec: runSpec({ treatments: [rung] }) }) }
    expect(commandsOf(decide(observation({ ...free, pods: kept })))).toEqual(['Evict'])
  })

  test('a pod that has 300 s to stop is waited for and named, and holds up nobody after a while', () => {
    const slow = (name: string) =>
      pod(name, {
        metadata: { ...pod(name).metadata, deletionTimestamp: rfc3339(later(now, 200_000)) },
        terminationGracePeriodSeconds: 300,
      })
    const pods = [...Array.from({ length: evictionsInFlightMax }, (_, index) => slow(`slow-${index}`)), pod('next')]
    const said = decide(observation({ ...draining, pods }))
    expect(said).toMatchObject({
      commands: [{ kind: 'Evict', pod: 'next' }],
      drain: {
        terminating: 10,
        waiting: 1,
        leaving: [{ pod: 'web/slow-0', until: rfc3339(later(now, 200_000)) }, {}, {}],
      },
    })
    expect(heldBy(said)).toBeUndefined()
    const asked = pods.map((one) => ({ ...one, terminationGracePeriodSeconds: 210 }))
    expect(commandsOf(decide(observation({ ...draining, pods: asked })))).toEqual([])
  })

  test('what a budget refuses is named, and does not hold up the others', () => {
    const refusal = { kind: 'RefusedByBudget', message: 'PDB web/web allows 0', agoMs: 0 } as const
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'b', uid: 'other-rs', controller: true }
    const alone = pod('free', { metadata: meta('free', { namespace: 'web', ownerReferences: [owner] }) })
    const decision = decide(
      observation({ ...draining, pods: [pod('blocked'), alone], refusals: { 'blocked-uid': refusal } }),
    )
    expect(decision).toMatchObject({
      commands: [{ kind: 'Evict', pod: 'free' }],
      held: { reason: 'DrainBlocked', message: 'web/blocked: PDB web/web allows 0' },
      drain: { blocked: [{ pods: ['web/blocked'], count: 1 }] },
    })
  })

  test('what a budget says of one of its pods it says of all that it does not let go', () => {
    const budget = disruptionBudgetKind.project({
      metadata: { name: 'web', namespace: 'web', uid: 'b', generation: 1 },
      spec: { selector: {} },
      status: { observedGeneration: 1, expectedPods: 4, currentHealthy: 3, desiredHealthy: 3, disruptionsAllowed: 0 },
    })
    const budgets = { budgets: [budget], unread: {} }
    const pods = [pod('one'), pod('two'), pod('three')]
    expect(decide(observation({ ...draining, pods, budgets }))).toMatchObject({
      commands: [{ pod: 'one' }],
      held: undefined,
      drain: { waiting: 3, blocked: [] },
    })
    const refusals = { 'one-uid': { kind: 'RefusedByBudget', message: 'no', agoMs: 0 } as const }
    expect(decide(observation({ ...draining, pods, budgets, refusals }))).toMatchObject({
      commands: [],
      held: { reason: 'DrainBlocked' },
      drain: { waiting: 0, blocked: [{ count: 3, message: expect.stringContaining('web/web allows 0') }] },
    })
  })

  test('a pod whose namespace goes without it is named, and asked for again', () => {
    const refusal = (agoMs: number) =>
      ({ kind: 'NamespaceTerminating', message: 'namespace web is being terminated', agoMs }) as const
    const after = (agoMs: number) =>
      decide(observation({ ...draining, pods: [pod('stuck')], refusals: { 'stuck-uid': refusal(agoMs) } }))
    expect(after(0)).toMatchObject({
      commands: [],
      held: { reason: 'NamespaceTerminating', message: 'web/stuck: namespace web is being terminated' },
      drain: { blocked: [{ reason: 'NamespaceTerminating', pods: ['web/stuck'], count: 1 }] },
    })
    expect(after(evictionRetryMs)).toMatchObject({ commands: [{ kind: 'Evict', pod: 'stuck' }] })
  })

  test('a pod that two budgets cover is asked for again, in case somebody has taken one of them away', () => {
    const after = (agoMs: number) => {
      const refusals = { 'twice-uid': { kind: 'Blocked', message: 'two budgets', agoMs } as const }
      return commandsOf(decide(observation({ ...draining, pods: [pod('twice')], refusals })))
    }
    expect(after(evictionRetryMs)).toEqual([])
    expect(after(blockedRetryMs)).toEqual(['Evict'])
  })

  test('a pod for which the API server asked for patience is asked for again then, and not before', () => {
    const after = (agoMs: number) => {
      const refusals = {
        'slow-uid': { kind: 'RefusedByBudget', message: 'still being processed', agoMs, patienceMs: 10_000 } as const,
      }
      return commandsOf(decide(observation({ ...draining, pods: [pod('slow')], refusals })))
    }
    expect(after(9_999)).toEqual([])
    expect(after(10_000)).toEqual(['Evict'])
  })

  test('DaemonSet, mirror and finished pods stay, and so does our own job', () => {
    const daemon = pod('d', {
      metadata: meta('d', {
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd', controller: true }],
      }),
    })
    const mirror = pod('m', { metadata: meta('m', { annotations: { 'kubernetes.io/config.mirror': 'x' } }) })
    const job = pod('j', { metadata: meta('j', { labels: { 'app.kubernetes.io/managed-by': 'prunella' } }) })
    const pods = [daemon, mirror, job, pod('f', { phase: 'Succeeded' })]
    expect(decide(observation({ ...draining, pods }))).toMatchObject(moves('Treating', { bootID: 'boot-1' }))
  })

  test.each([
    ['Proceed', moves('Treating')],
    ['Quarantine', moves('Quarantined', { cause: 'DrainDeadlinePassed' })],
    ['Release', moves('Releasing', { outcome: 'DrainDeadlinePassed' })],
  ])('pods that are left at the deadline: onDeadline %s does just that, and never more', (onDeadline, expected) => {
    const rung = { name: 'reboot', reboot: {}, drain: { mode: 'Full', deadlineSeconds: 60, onDeadline } }
    const blocked = { ...draining, run: run({ spec: runSpec({ treatments: [rung] }) }), pods: [pod('blocked')] }
    expect(decide(observation(blocked)).kind).toBe('Stay')
    expect(decide(observation({ ...blocked, ...overdue }))).toMatchObject(expected)
  })

  test('a pod without a controller is never evicted', () => {
    expect(
      commandsOf(decide(observation({ ...draining, pods: [pod('lonely', { metadata: meta('lonely') })] }))),
    ).toEqual([])
  })

  test('a pause stops evictions and treatments', () => {
    const pause = {
      metadata: meta('stop'),
      spec: { scope: { everything: {} }, reason: 'fire drill' },
      status: {},
      problem: undefined,
    }
    const paused = { pauses: [pause] }
    expect(commandsOf(decide(observation({ ...draining, ...paused, pods: [pod('a')] })))).toEqual([])
    expect(heldBy(decide(observation({ ...draining, ...paused })))).toBe('GloballyPaused')
  })

  test('a pause stops evictions even where the policy is gone, and so does a policy that went back to Observe', () => {
    const pods = [pod('a')]
    expect(commandsOf(decide(observation({ ...draining, pods })))).toEqual(['Evict'])
    expect(commandsOf(decide(observation({ ...draining, pods, shared: undefined })))).toEqual([])
    const observes = { shared: shared(policy({ mode: 'Observe' })) }
    expect(commandsOf(decide(observation({ ...draining, pods, ...observes })))).toEqual([])
  })

  test('a Fault that is gone before the treatment gives the node back', () => {
    const healthy = cordoned({ conditions: [condition('Ready', 'True'), condition('KernelDeadlock', 'False')] })
    expect(decide(observation({ ...draining, ...healthy }))).toMatchObject(
      moves('Releasing', { outcome: 'RecoveredAlone' }),
    )
  })

  test('class Load: what our own drain carried away is no recovery', () => {
    const spec = runSpec({ cause: { ...runSpec().cause, class: 'Load' } })
    const healthy = cordoned({ conditions: [condition('Ready', 'True'), condition('KernelDeadlock', 'False')] })
    expect(decide(observation({ ...draining, ...healthy, run: run({ spec }) }))).toMatchObject(moves('Treating'))
  })

  test('Proceed waives pods, never gates', () => {
    const late = { ...draining, ...overdue, pods: [pod('a')] }
    expect(decide(observation(late))).toMatchObject(moves('Treating'))
    const observed = { shared: shared(policy({ mode: 'Observe' })) }
    expect(decide(observation({ ...late, ...observed }))).toMatchObject(
      moves('Quarantined', { cause: 'DrainDeadlinePassed' }),
    )
  })

  test('what is about to be done is written down before anything of it is done', () => {
    const step = { ...steps.draining, rung: 1 }
    expect(decide(observation({ ...draining, step, ...bmc('On') }))).toMatchObject(
      moves('Treating', { rung: 1, stage: 'PoweringOff', stageSince: now, bootID: 'boot-1' }),
    )
  })

  test('a person who uncordons in mid-run cancels the run', () => {
    expect(decide(observation({ ...draining, ...present(sickNode()) }))).toMatchObject(
      moves('Releasing', { outcome: 'Cancelled' }),
    )
  })
})
