import { describe, expect, test } from 'vitest'
import { annotation } from '../../api/annotations.ts'
import { blockedRetryMs, evictionRetryMs } from '../../api/pacing.ts'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import {
  bmc,
  condition,
  cordoned,
  ledger,
  meta,
  now,
  observation,
  overdue,
  pod,
  policy,
  present,
  recovered,
  run,
  runSpec,
  runUID,
  shared,
  sickNode,
  slot,
  slotHeld,
  steps,
} from './observation.fixture.ts'

const commandsOf = (decision: Decision): readonly string[] =>
  decision.kind === 'Stay' ? decision.commands.map(({ kind }) => kind) : []
const heldBy = (decision: Decision): string | undefined =>
  decision.kind === 'Stay' ? decision.held?.reason : undefined
const moves = (name: string, rest: object = {}) => ({ kind: 'Move', next: { name, ...rest } })

describe('before anything is disrupted', () => {
  test('a run that nobody need be asked about goes on to claim', () => {
    expect(decide(observation())).toMatchObject(moves('Claiming', { rung: 0 }))
  })

  test('a node that recovered by itself is left alone', () => {
    expect(decide(observation(recovered))).toMatchObject(moves('Releasing', { outcome: 'RecoveredAlone' }))
  })

  test('mode Approve holds at ApprovalRequired, and expires without having touched anything', () => {
    const asks = { shared: shared(policy({ mode: 'Approve' })) }
    expect(heldBy(decide(observation(asks)))).toBe('ApprovalRequired')
    expect(decide(observation({ ...asks, ...overdue }))).toMatchObject(
      moves('Releasing', { outcome: 'ApprovalExpired' }),
    )
  })

  test('a diagnosis of low confidence asks people in mode Automatic too, on every rung', () => {
    const { cause } = runSpec()
    const unsure = { run: run({ spec: runSpec({ cause: { ...cause, confidence: 'Low' } }) }) }
    expect(heldBy(decide(observation(unsure)))).toBe('ApprovalRequired')
    expect(decide(observation({ ...unsure, ...overdue }))).toMatchObject(
      moves('Releasing', { outcome: 'ApprovalExpired' }),
    )
  })

  test('a later rung that waits for people gives its slot back: who is asleep takes nobody the budget', () => {
    const step = { ...steps.claiming, name: 'Approving', rung: 1, attempted: true, deadline: undefined } as const
    const asks = { shared: shared(policy({ mode: 'Approve' })), step, ...cordoned() }
    expect(commandsOf(decide(observation({ ...asks, ...slotHeld })))).toEqual(['ReleaseSlot'])
    expect(decide(observation(asks))).toMatchObject({ commands: [], held: { reason: 'ApprovalRequired' } })
  })

  test('a dry run ends with what would have been done', () => {
    const dry = { run: run({ spec: runSpec({ dryRun: true }) }) }
    expect(decide(observation(dry))).toMatchObject(moves('Releasing', { outcome: 'WouldHaveActed' }))
  })

  test('a dry run records every answer and what the drain would meet, and a plan says where it does not know', () => {
    const dry = { run: run({ spec: runSpec({ dryRun: true, requestedBy: 'alice' }) }), pods: [pod('a')] }
    expect(decide(observation(dry))).toMatchObject({ next: { outcome: 'PlanComplete' }, plan: { drain: { total: 1 } } })
    const unreadable = { ledger: { kind: 'Unavailable', message: 'forbidden' } } as const
    expect(decide(observation({ ...dry, ...unreadable }))).toMatchObject({ next: { outcome: 'PlanIncomplete' } })
  })

  test('a free slot is claimed by the version of the ledger that was read', () => {
    const decision = decide(observation({ step: steps.claiming }))
    expect(decision).toMatchObject({
      kind: 'Stay',
      commands: [{ kind: 'ClaimSlot', resourceVersion: '3', ledger: { slots: [{ runUID }] } }],
    })
  })

  test('a slot that is seen with our UID is ours, whoever wrote it', () => {
    expect(decide(observation({ step: steps.claiming, ...slotHeld }))).toMatchObject(
      moves('Cordoning', { attempted: true }),
    )
  })

  test('a full budget holds, names the holders, and gives up in the end without a trace', () => {
    const full = { step: steps.claiming, ledger: ledger({ slots: [slot('other')] }) }
    const decision = decide(observation(full))
    expect(decision).toMatchObject({
      commands: [],
      held: { reason: 'BudgetExhausted', message: expect.stringContaining('run of other') },
    })
    expect(decide(observation({ ...full, ...overdue }))).toMatchObject(
      moves('Releasing', { outcome: 'BudgetExhausted' }),
    )
  })

  test('a policy that went back to Observe claims nothing', () => {
    expect(heldBy(decide(observation({ step: steps.claiming, shared: shared(policy({ mode: 'Observe' })) })))).toBe(
      'ObserveMode',
    )
  })

  test('a rung without its provider is passed over before the node is cordoned', () => {
    const unmapped = { power: { kind: 'Unmapped', message: 'node node-1 has no BMC mapping' } } as const
    const only = {
      run: run({ spec: runSpec({ treatments: [runSpec().treatments[1]] }) }),
      step: steps.claiming,
      ...unmapped,
    }
    expect(heldBy(decide(observation(only)))).toBe('TreatmentUnsupported')
    expect(decide(observation({ ...only, ...overdue }))).toMatchObject(
      moves('Releasing', { outcome: 'TreatmentsExhausted' }),
    )
  })
})

describe('cordoning', () => {
  test('the patch carries the version that showed the cause, and says what was before', () => {
    const decision = decide(observation({ step: steps.cordoning, ...slotHeld }))
    expect(decision).toMatchObject({
      commands: [
        {
          kind: 'Cordon',
          node: {
            resourceVersion: '7',
            unschedulable: true,
            annotations: { [annotation.cordonedByRun]: runUID, [annotation.cordonBefore]: 'false' },
          },
        },
      ],
    })
  })

  test('without its slot in the ledger nothing is cordoned', () => {
    expect(commandsOf(decide(observation({ step: steps.cordoning })))).toEqual([])
  })

  test('a cause that cannot be confirmed live is neither there nor gone', () => {
    const unknown = present(sickNode({ conditions: [condition('Ready', 'True')] }))
    const decision = decide(observation({ step: steps.cordoning, ...slotHeld, ...unknown }))
    expect(decision).toMatchObject({ kind: 'Stay', commands: [], held: { reason: 'SignalMissing' } })
  })

  test('done means seen: only the cordon on the node itself leads on', () => {
    expect(decide(observation({ step: steps.cordoning, ...slotHeld, ...cordoned() }))).toMatchObject(moves('Draining'))
  })

  test('a mark that an autoscaler has set already is not ours', () => {
    const metadata = meta('node-1', { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } })
    const decision = decide(observation({ step: steps.cordoning, ...slotHeld, ...present(sickNode({ metadata })) }))
    expect(decision).toMatchObject({
      commands: [
        { node: { annotations: { [annotation.marks]: 'cluster-autoscaler.kubernetes.io/scale-down-disabled' } } },
      ],
    })
  })
})

describe('draining', () => {
  const draining = { step: steps.draining, ...slotHeld, ...cordoned() }

  test('pods leave by eviction, least important first, those with data on the node last', () => {
    const pods = [pod('local', { localVolumes: ['emptyDir'] }), pod('vital', { priority: 9 }), pod('plain')]
    const decision = decide(observation({ ...draining, pods }))
    expect(decision.kind === 'Stay' && decision.commands.map((command) => 'pod' in command && command.pod)).toEqual([
      'plain',
      'vital',
    ])
    expect(commandsOf(decide(observation({ ...draining, pods: [pods[0] ?? pod('local')] })))).toEqual(['Evict'])
  })

  test('what a budget refuses is named, and does not hold up the others', () => {
    const refusal = { kind: 'RefusedByBudget', message: 'PDB web/web allows 0', agoMs: 0 } as const
    const decision = decide(
      observation({ ...draining, pods: [pod('blocked'), pod('free')], refusals: { 'blocked-uid': refusal } }),
    )
    expect(decision).toMatchObject({
      commands: [{ kind: 'Evict', pod: 'free' }],
      held: { reason: 'DrainBlocked', message: 'PDB web/web allows 0' },
      drain: { blocked: [{ pods: ['web/blocked'], count: 1 }] },
    })
  })

  test('a pod whose namespace goes without it is named, and asked for again', () => {
    const refusal = (agoMs: number) =>
      ({ kind: 'NamespaceTerminating', message: 'namespace web is being terminated', agoMs }) as const
    const after = (agoMs: number) =>
      decide(observation({ ...draining, pods: [pod('stuck')], refusals: { 'stuck-uid': refusal(agoMs) } }))
    expect(after(0)).toMatchObject({
      commands: [],
      held: { reason: 'NamespaceTerminating', message: 'namespace web is being terminated' },
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
