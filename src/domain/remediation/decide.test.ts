import { describe, expect, test } from 'vitest'
import { annotation } from '../../api/annotations.ts'
import { later } from '../../kernel/time.ts'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import {
  bmc,
  claim,
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
  rebooted,
  recovered,
  replaceLadder,
  run,
  runSpec,
  runUID,
  shared,
  sickNode,
  slot,
  slotHeld,
  steps,
  treating,
  verifying,
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
    const refusal = { kind: 'RefusedByBudget', message: 'PDB web/web allows 0', at: now } as const
    const decision = decide(
      observation({ ...draining, pods: [pod('blocked'), pod('free')], refusals: { 'blocked-uid': refusal } }),
    )
    expect(decision).toMatchObject({
      commands: [{ kind: 'Evict', pod: 'free' }],
      held: { reason: 'DrainBlocked', message: 'PDB web/web allows 0' },
      drain: { blocked: [{ pods: ['web/blocked'], count: 1 }] },
    })
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
    const paused = { shared: { ...shared(), pauses: [pause] } }
    expect(commandsOf(decide(observation({ ...draining, ...paused, pods: [pod('a')] })))).toEqual([])
    expect(heldBy(decide(observation({ ...draining, ...paused })))).toBe('GloballyPaused')
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

  test('a person who uncordons in mid-run cancels the run', () => {
    expect(decide(observation({ ...draining, ...present(sickNode()) }))).toMatchObject(
      moves('Releasing', { outcome: 'Cancelled' }),
    )
  })
})

describe('soft reboot', () => {
  const ordering = { step: treating(), ...slotHeld, ...cordoned() }

  test('the order carries the boot ID it was meant for and its last moment', () => {
    expect(decide(observation(ordering))).toMatchObject({
      commands: [{ kind: 'OrderReboot', job: { expectedBootID: 'boot-1', notAfter: '2027-01-15T08:01:00.000Z' } }],
    })
  })

  const job = { name: 'reboot-x', uid: 'job-uid', failed: false, terminating: false }

  test('a new boot ID is the evidence; the job goes first', () => {
    expect(commandsOf(decide(observation({ ...ordering, ...rebooted, job })))).toEqual(['WithdrawReboot'])
    expect(decide(observation({ ...ordering, ...rebooted }))).toMatchObject(moves('Verifying', { bootID: 'boot-1' }))
  })

  test('overdue, the order is seen withdrawn before the next rung', () => {
    expect(commandsOf(decide(observation({ ...ordering, ...overdue, job })))).toEqual(['WithdrawReboot'])
    expect(commandsOf(decide(observation({ ...ordering, ...overdue, job: { ...job, terminating: true } })))).toEqual([])
    expect(decide(observation({ ...ordering, ...overdue }))).toMatchObject(moves('Approving', { rung: 1 }))
  })

  test('without a slot nothing is ordered', () => {
    expect(commandsOf(decide(observation({ ...ordering, ledger: ledger() })))).toEqual([])
  })
})

test('a reboot that comes after its deadline is proven against the boot before it, and nothing is cycled', () => {
  const late = { step: { ...steps.draining, rung: 1 }, ...slotHeld, ...rebooted }
  const decision = decide(observation(late))
  expect(decision).toMatchObject(moves('Verifying', { rung: 0, bootID: 'boot-1' }))
  const proving = decision.kind === 'Move' ? { ...late, step: decision.next } : late
  expect(decide(observation(proving))).toMatchObject(moves('Verifying', { stableSince: now }))
})

describe('power cycle', () => {
  const cycling = { step: treating({ rung: 1, stage: 'PoweringOff' }), ...slotHeld, ...cordoned() }

  test('off goes to the host whose identity was read', () => {
    expect(decide(observation({ ...cycling, ...bmc('On') }))).toMatchObject({
      commands: [{ kind: 'TurnOff', mapping: 'mapping-1' }],
    })
  })

  test('another host under the address is never switched', () => {
    const decision = decide(observation({ ...cycling, ...bmc('On', { systemUUID: 'another' }) }))
    expect(decision).toMatchObject({ commands: [], held: { reason: 'HostMismatch' } })
  })

  test('one read of Off is not enough, and the second must come later', () => {
    const confirming = { ...cycling, step: treating({ rung: 1, stage: 'ConfirmingOff' }), ...bmc('Off') }
    expect(decide(observation({ ...cycling, ...bmc('Off') }))).toMatchObject(
      moves('Treating', { stage: 'ConfirmingOff' }),
    )
    expect(decide(observation(confirming))).toMatchObject({ kind: 'Stay', commands: [] })
    expect(decide(observation({ ...confirming, now: later(now, 2_000) }))).toMatchObject(
      moves('Treating', { stage: 'PoweringOn' }),
    )
  })

  test('a BMC that turns itself on again is asked again, and not for ever', () => {
    const on = (attempt: number) =>
      decide(observation({ ...cycling, step: treating({ rung: 1, stage: 'ConfirmingOff', attempt }), ...bmc('On') }))
    expect(on(1)).toMatchObject(moves('Treating', { stage: 'PoweringOff', attempt: 2 }))
    expect(on(3)).toMatchObject(moves('Quarantined'))
  })

  test('what was switched off is switched on, whatever became of the Node', () => {
    const on = {
      ...cycling,
      step: treating({ rung: 1, stage: 'PoweringOn' }),
      ...bmc('Off'),
      node: { kind: 'Gone' } as const,
    }
    expect(decide(observation(on))).toMatchObject({ commands: [{ kind: 'TurnOn' }] })
  })

  test.each([bmc('Off'), { power: { kind: 'Unavailable', message: 'silent' } } as const])(
    'a machine that we switched off is not given up lightly',
    (power) => {
      const late = (attempt: number) =>
        decide(
          observation({ ...cycling, ...overdue, ...power, step: treating({ rung: 1, stage: 'PoweringOn', attempt }) }),
        )
      expect(late(1)).toMatchObject(
        moves('Treating', { stage: 'PoweringOn', attempt: 2, deadline: later(overdue.now, 60_000) }),
      )
      expect(late(3)).toMatchObject(moves('Quarantined'))
    },
  )

  test('a machine whose Node is another one by now is never switched off', () => {
    const decision = decide(observation({ ...cycling, ...bmc('On'), node: { kind: 'Recreated' } }))
    expect(decision).toMatchObject(moves('Releasing', { outcome: 'Superseded' }))
  })

  test('a wrong password is unknown, not off', () => {
    const refused = { ...cycling, power: { kind: 'Refused', message: 'the BMC refuses: password' } } as const
    expect(decide(observation(refused))).toMatchObject({ commands: [], held: { reason: 'ProviderRefused' } })
  })

  test('an order to reboot that still stands is withdrawn before any power command', () => {
    const job = { name: 'reboot-x', uid: 'job-uid', failed: false, terminating: false }
    expect(commandsOf(decide(observation({ ...cycling, ...bmc('On'), job })))).toEqual(['WithdrawReboot'])
  })

  test('a new boot ID proves it, and sends nothing more', () => {
    expect(decide(observation({ ...cycling, ...rebooted, ...bmc('On') }))).toMatchObject(moves('Verifying'))
  })
})

describe('replacement', () => {
  const spec = runSpec({ treatments: replaceLadder, cause: { ...runSpec().cause, class: 'Load' } })
  const ours = { name: 'claim-1', uid: 'claim-1-uid', pool: 'default' }
  const deleting = {
    run: run({ spec }),
    step: treating({ stage: 'Deleting', claim: ours }),
    ...slotHeld,
    ...cordoned(),
  }

  test('the claim is deleted by its UID, once', () => {
    const seen = { kind: 'Known', claims: [claim('claim-1')], readyNodes: [] } as const
    expect(decide(observation({ ...deleting, claims: seen }))).toMatchObject({
      commands: [{ kind: 'GiveBackClaim', uid: 'claim-1-uid' }],
    })
    const going = { ...seen, claims: [claim('claim-1', { metadata: meta('claim-1', { deletionTimestamp: 'x' }) })] }
    expect(commandsOf(decide(observation({ ...deleting, claims: going })))).toEqual([])
  })

  test('the node gone is half of it; a younger claim of the pool with a Ready node is the other', () => {
    const gone = { ...deleting, node: { kind: 'Gone' } as const }
    expect(decide(observation(gone))).toMatchObject(moves('Treating', { stage: 'AwaitingReplacement' }))
    const awaiting = { ...gone, step: treating({ stage: 'AwaitingReplacement', claim: ours }) }
    const younger = claim('claim-2', { nodeName: 'node-9' })
    const seen = (readyNodes: readonly string[]) => ({
      claims: { kind: 'Known', claims: [younger], readyNodes } as const,
    })
    expect(decide(observation({ ...awaiting, ...seen([]) }))).toMatchObject({ kind: 'Stay' })
    expect(decide(observation({ ...awaiting, ...seen(['node-9']) }))).toMatchObject(
      moves('Releasing', { outcome: 'NodeReplaced' }),
    )
  })
})

describe('verifying', () => {
  const proving = { step: verifying(), ...slotHeld, ...rebooted }

  test('healthy begins to count, and enough of it is recovery', () => {
    expect(decide(observation(proving))).toMatchObject(moves('Verifying', { stableSince: now }))
    const stable = { ...proving, step: verifying({ stableSince: now }), now: later(now, 10_000) }
    expect(decide(observation(stable))).toMatchObject(moves('Releasing', { outcome: 'NodeRecovered' }))
  })

  test.each([
    ['Ready without a renewed lease', { leaseRenewTime: 'renewed-0' }],
    [
      'a DaemonSet pod that is not ready',
      {
        pods: [
          pod('d', {
            ready: 'False',
            metadata: meta('d', {
              ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd', controller: true }],
            }),
          }),
        ],
      },
    ],
    [
      'a latched condition without a new boot',
      cordoned({ conditions: [condition('Ready', 'True'), condition('KernelDeadlock', 'False')] }),
    ],
  ])('%s proves nothing, and in the end the next rung is due', (_name, unusual) => {
    expect(decide(observation({ ...proving, ...unusual }))).toMatchObject({ kind: 'Stay', commands: [] })
    expect(decide(observation({ ...proving, ...unusual, ...overdue }))).toMatchObject(moves('Approving', { rung: 1 }))
  })

  test('a relapse starts the count anew', () => {
    const relapsed = { ...proving, step: verifying({ stableSince: now }), leaseRenewTime: undefined }
    expect(decide(observation(relapsed))).toMatchObject(moves('Verifying', { stableSince: undefined }))
  })

  test('a stability that began in the future is measured anew', () => {
    const jumped = { ...proving, step: verifying({ stableSince: later(now, 3_600_000) }) }
    expect(decide(observation(jumped))).toMatchObject(moves('Verifying', { stableSince: undefined }))
  })
})

describe('the ways out', () => {
  test('a quarantined run gives the slot back and keeps the cordon', () => {
    expect(commandsOf(decide(observation({ step: steps.quarantined, ...slotHeld, ...cordoned() })))).toEqual([
      'ReleaseSlot',
    ])
  })

  test('retry sends it back to the first rung, once per count', () => {
    const asked = { run: run({ spec: runSpec({ retry: 1 }) }), step: steps.quarantined, ...cordoned() }
    expect(decide(observation(asked))).toMatchObject(moves('Approving', { rung: 0, retry: 1 }))
    expect(decide(observation({ ...asked, step: { ...steps.quarantined, retry: 1 } })).kind).toBe('Stay')
  })

  test('release gives back the cordon first and the slot last, and is done when both are seen gone', () => {
    const releasing = { step: steps.releasing, ...slotHeld }
    expect(commandsOf(decide(observation({ ...releasing, ...cordoned() })))).toEqual(['Uncordon'])
    expect(commandsOf(decide(observation(releasing)))).toEqual(['ReleaseSlot'])
    expect(decide(observation({ step: steps.releasing }))).toMatchObject(moves('Done', { outcome: 'NodeRecovered' }))
  })

  test('a cordon that was there before us stays', () => {
    const metadata = meta('node-1', {
      annotations: { [annotation.cordonedByRun]: runUID, [annotation.cordonBefore]: 'true' },
    })
    const decision = decide(
      observation({ step: steps.releasing, ...present(sickNode({ unschedulable: true, metadata })) }),
    )
    expect(decision).toMatchObject({
      commands: [{ kind: 'Uncordon', node: { annotations: { [annotation.cordonedByRun]: null } } }],
    })
    expect(
      decision.kind === 'Stay' && decision.commands[0] && 'node' in decision.commands[0] && decision.commands[0].node,
    ).not.toHaveProperty('unschedulable')
  })

  test('a cordon of another run is not ours to undo', () => {
    const metadata = meta('node-1', { annotations: { [annotation.cordonedByRun]: 'another' } })
    expect(
      decide(observation({ step: steps.releasing, ...present(sickNode({ unschedulable: true, metadata })) })),
    ).toMatchObject(moves('Done'))
  })

  test('clean-up goes on under a pause, and when the policy is gone', () => {
    expect(
      commandsOf(decide(observation({ step: steps.releasing, ...slotHeld, ...cordoned(), shared: undefined }))),
    ).toEqual(['Uncordon'])
  })

  test('a ledger that cannot be read is not one without our slot', () => {
    const unreadable = { step: steps.releasing, ledger: { kind: 'Unavailable', message: 'x' } } as const
    expect(decide(observation(unreadable)).kind).toBe('Stay')
  })

  test('what is done is settled once its finalizer is gone', () => {
    expect(commandsOf(decide(observation({ step: steps.done })))).toEqual(['RemoveFinalizer'])
    expect(decide(observation({ step: steps.done, run: run({ hasFinalizer: false }) }))).toEqual({ kind: 'Settled' })
  })

  test.each(['claiming', 'cordoning', 'draining'] as const)('a cancel is honoured while %s', (name) => {
    const cancelled = {
      run: run({ spec: runSpec({ cancel: { reason: 'wrong node' } }) }),
      step: steps[name],
      ...cordoned(),
    }
    expect(decide(observation(cancelled))).toMatchObject(moves('Releasing', { outcome: 'Cancelled' }))
  })

  test('a cancel waits while a treatment runs: a machine half off helps nobody', () => {
    const cancelled = {
      run: run({ spec: runSpec({ cancel: { reason: 'too late' } }) }),
      step: treating({ rung: 1, stage: 'PoweringOn' }),
    }
    expect(decide(observation({ ...cancelled, ...slotHeld, ...cordoned(), ...bmc('Off') }))).toMatchObject({
      commands: [{ kind: 'TurnOn' }],
    })
  })
})
