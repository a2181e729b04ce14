import { describe, expect, test } from 'vitest'
import { annotation } from '../../api/annotations.ts'
import { decide } from './decide.ts'
import { commandsOf, heldBy, moves } from './decision.fixture.ts'
import {
  condition,
  cordoned,
  ledger,
  meta,
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
