import { describe, expect, test } from 'vitest'
import { later } from '../../kernel/time.ts'
import { decide } from './decide.ts'
import { commandsOf, moves } from './decision.fixture.ts'
import {
  bmc,
  claim,
  cordoned,
  ledger,
  meta,
  nodeJob,
  now,
  observation,
  overdue,
  pod,
  rebooted,
  replaceLadder,
  run,
  runSpec,
  slotHeld,
  steps,
  treating,
} from './observation.fixture.ts'

describe('soft reboot', () => {
  const ordering = { step: treating(), ...slotHeld, ...cordoned() }

  test('the order carries the boot ID it was meant for and its last moment', () => {
    expect(decide(observation(ordering))).toMatchObject({
      commands: [
        {
          kind: 'OrderNodeJob',
          job: { task: { kind: 'reboot' }, expectedBootID: 'boot-1', notAfter: '2027-01-15T08:01:00.000Z' },
        },
      ],
    })
  })

  const job = nodeJob('reboot')

  test('a new boot ID is the evidence; the job goes first', () => {
    expect(commandsOf(decide(observation({ ...ordering, ...rebooted, job })))).toEqual(['WithdrawNodeJob'])
    expect(decide(observation({ ...ordering, ...rebooted }))).toMatchObject(moves('Verifying', { bootID: 'boot-1' }))
  })

  test('a boot ID that nobody knows proves no boot, before or after', () => {
    const forgotten = { ...ordering, ...cordoned({ bootID: '' }) }
    expect(decide(observation(forgotten)).kind).toBe('Stay')
    const never = { ...ordering, ...rebooted, step: { ...ordering.step, bootID: '' } }
    expect(decide(observation(never))).toMatchObject(moves('Approving', { rung: 1 }))
  })

  test('overdue, the order is seen withdrawn before the next rung', () => {
    expect(commandsOf(decide(observation({ ...ordering, ...overdue, job })))).toEqual(['WithdrawNodeJob'])
    expect(commandsOf(decide(observation({ ...ordering, ...overdue, job: { ...job, terminating: true } })))).toEqual([])
    expect(decide(observation({ ...ordering, ...overdue }))).toMatchObject(moves('Approving', { rung: 1 }))
  })

  test('a job that the node refused leads on, once it is withdrawn, and gives no second order', () => {
    const refused = nodeJob('reboot', {
      failed: true,
      result: { version: 1, task: 'reboot', bootID: 'boot-1', error: 'TooLate' },
    })
    const decision = decide(observation({ ...ordering, job: refused }))
    expect(decision).toMatchObject(moves('Treating', { stage: 'Withdrawing', ended: { worked: false } }))
    const withdrawing = { ...ordering, ...(decision.kind === 'Move' ? { step: decision.next } : {}) }
    expect(commandsOf(decide(observation({ ...withdrawing, job: refused })))).toEqual(['WithdrawNodeJob'])
    expect(decide(observation(withdrawing))).toMatchObject(moves('Approving', { rung: 1 }))
  })

  test('a job that is lost, and one that finds another boot, leave it to the boot ID', () => {
    const wrongBoot = { version: 1, task: 'reboot', bootID: 'boot-2', error: 'WrongBoot' } as const
    for (const lost of [nodeJob('reboot', { failed: true }), nodeJob('reboot', { failed: true, result: wrongBoot })]) {
      expect(decide(observation({ ...ordering, job: lost }))).toMatchObject({ kind: 'Stay', commands: [] })
      expect(commandsOf(decide(observation({ ...ordering, ...rebooted, job: lost })))).toEqual(['WithdrawNodeJob'])
    }
  })

  test('a job of the release before, which wrote no rung on it, is ours', () => {
    const older = nodeJob('reboot', { order: '' })
    expect(decide(observation({ ...ordering, job: older }))).toMatchObject({ kind: 'Stay', commands: [] })
  })

  test('a pause that comes after the last gate still stops the order', () => {
    const pause = {
      metadata: meta('stop'),
      spec: { scope: { nodeName: 'node-1' }, reason: 'x' },
      status: {},
      problem: undefined,
    }
    expect(commandsOf(decide(observation({ ...ordering, pauses: [pause] })))).toEqual([])
    const off = { ...ordering, step: treating({ rung: 1, stage: 'PoweringOff' }), ...bmc('On') }
    expect(commandsOf(decide(observation({ ...off, pauses: [pause] })))).toEqual([])
    const on = { ...off, step: treating({ rung: 1, stage: 'PoweringOn' }), ...bmc('Off') }
    expect(commandsOf(decide(observation({ ...on, pauses: [pause] })))).toEqual(['TurnOn'])
  })

  test('without a slot nothing is ordered', () => {
    expect(commandsOf(decide(observation({ ...ordering, ledger: { kind: 'Missing' } })))).toEqual([])
  })

  test('a ledger that has forgotten the run is told of it before anything else goes out', () => {
    expect(commandsOf(decide(observation({ ...ordering, ledger: ledger() })))).toEqual(['ClaimSlot'])
    const draining = observation({ step: steps.draining, ledger: ledger(), pods: [pod('a')], ...cordoned() })
    expect(commandsOf(decide(draining))).toEqual(['ClaimSlot'])
    expect(commandsOf(decide({ ...draining, ledger: { kind: 'Missing' } }))).toEqual([])
  })

  test('what was switched off is switched on again, whatever has become of the ledger', () => {
    const off = { ...ordering, step: treating({ rung: 1, stage: 'PoweringOn' }), ...bmc('Off') }
    expect(commandsOf(decide(observation({ ...off, ledger: { kind: 'Missing' } })))).toEqual(['TurnOn'])
    const turningOff = { ...ordering, step: treating({ rung: 1, stage: 'PoweringOff' }), ...bmc('On') }
    expect(commandsOf(decide(observation({ ...turningOff, ledger: { kind: 'Missing' } })))).toEqual([])
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

  test('an order is not given again before the BMC had a moment to obey, and another one is', () => {
    const told = (kind: 'TurnOff' | 'TurnOn', agoMs: number) =>
      decide(observation({ ...cycling, ...bmc('On'), ordered: { kind, agoMs } }))
    expect(told('TurnOff', 2_999)).toMatchObject({ kind: 'Stay', commands: [] })
    expect(told('TurnOff', 3_000)).toMatchObject({ commands: [{ kind: 'TurnOff' }] })
    expect(told('TurnOn', 0)).toMatchObject({ commands: [{ kind: 'TurnOff' }] })
  })

  test('after more than one order Off is confirmed for as long as the last of them may be on its way', () => {
    const stageSince = later(now, 3_000)
    const confirming = (sinceMs: number) => {
      const step = treating({ rung: 1, stage: 'ConfirmingOff', stageSince })
      return decide(observation({ ...cycling, step, ...bmc('Off'), now: later(stageSince, sinceMs) }))
    }
    expect(confirming(9_999)).toMatchObject({ kind: 'Stay', commands: [] })
    expect(confirming(10_000)).toMatchObject(moves('Treating', { stage: 'PoweringOn' }))
  })

  test('nobody leaves while an order to switch off may still be on its way', () => {
    const leaving = (agoMs: number) => {
      const step = treating({ rung: 1, stage: 'PoweringOff', attempt: 3 })
      return decide(observation({ ...cycling, ...overdue, ...bmc('On'), step, ordered: { kind: 'TurnOff', agoMs } }))
    }
    expect(leaving(9_999)).toMatchObject({ kind: 'Stay', commands: [] })
    expect(leaving(10_000)).toMatchObject(moves('Quarantined'))
  })

  test('a machine that was read On and is read Off while it should boot is switched on', () => {
    const booting = { ...cycling, step: treating({ rung: 1, stage: 'Booting' }) }
    expect(decide(observation({ ...booting, ...bmc('Off') }))).toMatchObject({ commands: [{ kind: 'TurnOn' }] })
    expect(decide(observation({ ...booting, ...bmc('On') }))).toMatchObject({ kind: 'Stay', commands: [] })
    const given = { ordered: { kind: 'TurnOn', agoMs: 1_000 } } as const
    expect(decide(observation({ ...booting, ...bmc('Off'), ...given }))).toMatchObject({ kind: 'Stay', commands: [] })
  })

  test('a machine that is read On again is switched off again, and not for ever: by then it may have booted, or be off', () => {
    const on = (attempt: number) =>
      decide(
        observation({
          ...cycling,
          ...overdue,
          step: treating({ rung: 1, stage: 'ConfirmingOff', attempt }),
          ...bmc('On'),
        }),
      )
    expect(on(1)).toMatchObject(moves('Treating', { stage: 'PoweringOff', attempt: 2 }))
    expect(on(3)).toMatchObject(moves('Treating', { stage: 'Booting', deadline: later(overdue.now, 60_000) }))
  })

  test('what was switched off is switched on, whatever became of the Node', () => {
    const on = {
      ...cycling,
      step: treating({ rung: 1, stage: 'PoweringOn' }),
      ...bmc('Off'),
      node: { kind: 'Gone' } as const,
    }
    expect(decide(observation(on))).toMatchObject({ commands: [{ kind: 'TurnOn' }] })
    // A ledger that came back empty knows of no slot, and nobody can claim one for a Node that is gone.
    const forgotten = decide(observation({ ...on, ledger: ledger({}) }))
    expect(forgotten).toMatchObject({ commands: [{ kind: 'TurnOn' }] })
  })

  test('a boot that is told before the power was read Off is not the work of the rung', () => {
    const told = { ...cycling, ...rebooted, ...bmc('On') }
    const proved = (more: object) => decide(observation({ ...told, ...more }))
    expect(proved({})).toMatchObject(moves('Verifying', { alone: true }))
    // Where it was sent: whether it has arrived nobody knows.
    expect(proved({ ordered: { kind: 'TurnOff', agoMs: 30_000 } })).toMatchObject(moves('Verifying', { alone: true }))
    const booting = { step: treating({ rung: 1, stage: 'Booting' }) }
    expect(proved(booting)).toMatchObject(moves('Verifying', { alone: false }))
  })

  test('a Node that is deleted while its machine boots: the machine has its whole time, for its BMC may have lied', () => {
    const gone = { ...cycling, step: treating({ rung: 1, stage: 'Booting' }), node: { kind: 'Gone' } as const }
    expect(decide(observation({ ...gone, ...bmc('Off') }))).toMatchObject({ commands: [{ kind: 'TurnOn' }] })
    expect(decide(observation({ ...gone, ...bmc('On') }))).toMatchObject({ kind: 'Stay', commands: [] })
    expect(decide(observation({ ...gone, ...overdue, ...bmc('On') }))).toMatchObject(moves('Quarantined'))
    const another = { ...gone, ...bmc('On'), node: { kind: 'Recreated' } as const }
    expect(decide(observation(another))).toMatchObject(moves('Releasing', { outcome: 'Superseded' }))
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

  const mute = { power: { kind: 'Unavailable', message: 'the BMC times out' } } as const

  test('a machine that was read Off is switched on first, though its BMC fell silent', () => {
    const step = treating({ rung: 1, stage: 'ConfirmingOff', attempt: 3 })
    expect(decide(observation({ ...cycling, ...mute, step }))).toMatchObject({
      held: { reason: 'ProviderUnavailable' },
    })
    expect(decide(observation({ ...cycling, ...overdue, ...mute, step }))).toMatchObject(
      moves('Treating', { stage: 'PoweringOn', attempt: 1, deadline: later(overdue.now, 60_000) }),
    )
  })

  test.each([
    ['PoweringOn', mute, 'the BMC times out; its power state is unknown, the machine may be off'],
    ['PoweringOn', bmc('Off', { systemUUID: 'another' }), 'its power state is unknown, the machine may be off'],
    ['PoweringOn', bmc('Off'), 'the power was never read On again'],
    ['PoweringOff', mute, 'the BMC times out; its power state is unknown, the machine may be off'],
  ] as const)('whoever gives up in %s says what is known of the power', (stage, power, words) => {
    const step = treating({ rung: 1, stage, attempt: 3 })
    expect(decide(observation({ ...cycling, ...overdue, ...power, step }))).toMatchObject({
      ...moves('Quarantined'),
      message: expect.stringContaining(words),
    })
  })

  test('from a machine that may be off only what needs none goes on: a replacement, not a reboot', () => {
    const [reboot, cycle] = runSpec().treatments
    const [replace] = runSpec({ treatments: replaceLadder }).treatments
    const upTo = (rungs: readonly unknown[], more: object = {}) =>
      decide(
        observation({
          ...cycling,
          ...overdue,
          ...mute,
          run: run({ spec: runSpec({ treatments: rungs }) }),
          step: treating({ rung: 0, stage: 'PoweringOn', attempt: 3 }),
          ...more,
        }),
      )
    expect(upTo([cycle, replace])).toMatchObject(moves('Approving', { rung: 1 }))
    const gone = upTo([cycle, replace], { node: { kind: 'Gone' } })
    expect(gone).toMatchObject(moves('Quarantined', { cause: 'TreatmentsExhausted' }))
    expect(gone).toMatchObject({ message: expect.stringContaining('the machine may be off, and its Node is gone') })
    expect(upTo([cycle, reboot])).toMatchObject(moves('Quarantined', { cause: 'TreatmentsExhausted' }))
    const ordering = { step: treating({ rung: 0, stage: 'PoweringOff' }) }
    expect(upTo([cycle, replace], ordering)).toMatchObject(moves('Approving', { rung: 1 }))
    expect(upTo([cycle, replace], { ...ordering, node: { kind: 'Gone' } })).toMatchObject(moves('Quarantined'))
  })

  test('a Node that goes while its reboot is ordered: the order is gone before the run is', () => {
    const job = nodeJob('reboot', { name: 'reboot-1', uid: 'j' })
    const ordered = { step: treating({ stage: 'Ordering' }), node: { kind: 'Gone' } } as const
    const withdrawn = { kind: 'WithdrawNodeJob', jobName: 'reboot-1', uid: 'j' }
    expect(decide(observation({ ...ordered, job }))).toMatchObject({ kind: 'Stay', commands: [withdrawn] })
    const going = decide(observation({ ...ordered, job: { ...job, terminating: true } }))
    expect(going).toMatchObject({ kind: 'Stay', commands: [] })
    expect(decide(observation(ordered))).toMatchObject(moves('Releasing', { outcome: 'Superseded' }))
  })

  test('a machine whose Node is another one by now is never switched off', () => {
    const decision = decide(observation({ ...cycling, ...bmc('On'), node: { kind: 'Recreated' } }))
    expect(decision).toMatchObject(moves('Releasing', { outcome: 'Superseded' }))
  })

  test('a wrong password is unknown, not off', () => {
    const refused = { ...cycling, power: { kind: 'Refused', message: 'the BMC refuses: password' } } as const
    expect(decide(observation(refused))).toMatchObject({ commands: [], held: { reason: 'ProviderRefused' } })
  })

  test('an order to reboot that still stands is withdrawn before any power command', () => {
    const job = nodeJob('reboot')
    expect(commandsOf(decide(observation({ ...cycling, ...bmc('On'), job })))).toEqual(['WithdrawNodeJob'])
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
