import { describe, expect, test } from 'vitest'
import { annotation } from '../../api/annotations.ts'
import { later, rfc3339 } from '../../kernel/time.ts'
import { decide } from './decide.ts'
import { commandsOf, moves } from './decision.fixture.ts'
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
  present,
  rebooted,
  recovered,
  run,
  runSpec,
  runUID,
  sickNode,
  slotHeld,
  steps,
  treating,
  verifying,
} from './observation.fixture.ts'
import { recordOf, stepOf } from './step.ts'

/** What the ledger says of this run once its slot is given back. */
const endedAt = (agoMs: number) => ({
  ledger: ledger({
    starts: [
      {
        runUID,
        runName: 'nr',
        policyName: 'general',
        nodeName: 'node-1',
        nodeUID: 'u',
        attempt: true,
        retries: 0,
        startTime: rfc3339(later(now, -9e6)),
        endTime: rfc3339(later(now, -agoMs)),
      },
    ],
  }),
})

const ofDaemon = {
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd', controller: true }],
}

describe('verifying', () => {
  const proving = { step: verifying(), ...slotHeld, ...rebooted, leaseMovedMs: 5_000 }

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
            metadata: meta('d', ofDaemon),
          }),
        ],
      },
    ],
    [
      'a latched condition without a new boot',
      cordoned({ conditions: [condition('Ready', 'True'), condition('KernelDeadlock', 'False')] }),
    ],
  ])(
    '%s proves nothing, and in the end people are asked: the cause is gone, and justifies no rung',
    (_name, unusual) => {
      expect(decide(observation({ ...proving, ...unusual }))).toMatchObject({ kind: 'Stay', commands: [] })
      const late = decide(observation({ ...proving, ...unusual, ...overdue }))
      expect(late).toMatchObject(moves('Quarantined', { cause: 'TreatmentsExhausted' }))
    },
  )

  test.each([
    ['has finished', { phase: 'Failed' }],
    ['is about to go', { metadata: meta('d', { ...ofDaemon, deletionTimestamp: '2026-11-21T12:00:00Z' }) }],
  ])('a DaemonSet pod that %s is not waited for: another one takes its place', (_name, unusual) => {
    const pods = [pod('d', { ready: 'False', metadata: meta('d', ofDaemon), ...unusual })]
    expect(decide(observation({ ...proving, pods }))).toMatchObject(moves('Verifying', { stableSince: now }))
  })

  test('what a check of the runtime must show, the pods of the node show', () => {
    const signals = [
      {
        name: 'runtimeDown',
        nodeCondition: { type: 'ContainerRuntimeUnhealthy', status: 'True' },
        clearedWhen: { healthCheck: 'Runtime' },
      },
    ]
    const asks = run({ spec: runSpec({ cause: { ...runSpec().cause, when: 'runtimeDown', signals } }) })
    expect(decide(observation({ ...proving, run: asks }))).toMatchObject(moves('Verifying', { stableSince: now }))
  })

  test('where the cause still stands, the next rung is due', () => {
    const sick = { ...proving, ...cordoned({ bootID: 'boot-2' }), ...overdue }
    expect(decide(observation(sick))).toMatchObject(moves('Approving', { rung: 1 }))
  })

  test('the lease has to be renewed again while it lasts: a machine that died before looks Ready for a while', () => {
    const step = { ...verifying({ stableSince: now }), leaseRenewTime: 'renewed-1' }
    const silent = { ...proving, step, now: later(now, 10_000) }
    expect(decide(observation(proving))).toMatchObject(moves('Verifying', { leaseRenewTime: 'renewed-1' }))
    expect(decide(observation(silent))).toMatchObject({ kind: 'Stay', held: { reason: 'StillUnhealthy' } })
    const renewed = { ...silent, leaseRenewTime: 'renewed-2' }
    expect(decide(observation(renewed))).toMatchObject(moves('Releasing', { outcome: 'NodeRecovered' }))
    const early = { ...renewed, leaseMovedMs: 16_000 }
    expect(decide(observation(early))).toMatchObject({ kind: 'Stay', held: { reason: 'StillUnhealthy' } })
    const long = { ...silent, now: later(now, 40_000) }
    expect(decide(observation(long))).toMatchObject(moves('Verifying', { stableSince: undefined }))
  })

  test('a node that was unready while nobody looked starts the count anew', () => {
    const waited = { ...proving, now: later(now, 10_000) }
    const flapped = { ...waited, step: verifying({ stableSince: now, readyTime: rfc3339(now) }) }
    expect(decide(observation(flapped))).toMatchObject(moves('Verifying', { stableSince: undefined }))
    expect(decide(observation({ ...flapped, ...overdue }))).toMatchObject(moves('Quarantined'))
    const steady = { ...waited, step: verifying({ stableSince: now }) }
    expect(decide(observation(steady))).toMatchObject(moves('Releasing', { outcome: 'NodeRecovered' }))
  })

  test('a machine that has not booted has recovered by itself, whatever was ordered', () => {
    const signals = [{ name: 'kubeletSilent', nodeCondition: { type: 'Ready', status: 'Unknown' } }]
    const spec = runSpec({ cause: { ...runSpec().cause, when: 'kubeletSilent', signals } })
    const step = verifying({ stableSince: now, treatedAt: now })
    const seen = { ...proving, ...cordoned(), run: run({ spec }), step, now: later(now, 10_000) }
    expect(decide(observation(seen))).toMatchObject(moves('Releasing', { outcome: 'RecoveredAlone' }))
    // No rung was begun, or the node had not told in which boot it was: nothing shows another one.
    const untold = { ...seen, step: { ...step, bootID: '' } }
    expect(decide(observation(untold))).toMatchObject(moves('Releasing', { outcome: 'RecoveredAlone' }))
    expect(decide(observation({ ...seen, ...rebooted }))).toMatchObject(
      moves('Releasing', { outcome: 'NodeRecovered' }),
    )
  })

  test('a node that had booted before its rung did anything has recovered by itself, and the step remembers it', () => {
    const step = verifying({ stableSince: now, treatedAt: now, alone: true })
    const seen = { ...proving, ...cordoned(), ...rebooted, step, now: later(now, 10_000) }
    expect(decide(observation(seen))).toMatchObject(moves('Releasing', { outcome: 'RecoveredAlone' }))
    expect(stepOf(recordOf(step), now)).toEqual(step)
  })

  test('a run whose slot somebody took out of the ledger writes down that it ended', () => {
    const start = { runUID, runName: 'nr-1', policyName: 'general', nodeName: 'node-1', nodeUID: 'u', attempt: true }
    const open = { ...start, retries: 0, startTime: rfc3339(now) }
    const leaving = (starts: Parameters<typeof ledger>[0]) =>
      decide(observation({ step: steps.releasing, ...recovered, ledger: ledger(starts) }))
    expect(leaving({ starts: [open] })).toMatchObject({
      commands: [{ kind: 'ReleaseSlot', ledger: { starts: [{ runUID, endTime: rfc3339(now), verdict: 'Helped' }] } }],
    })
    expect(leaving({ starts: [{ ...open, endTime: rfc3339(now) }] })).toMatchObject(moves('Done'))
  })

  test('a relapse starts the count anew', () => {
    const relapsed = { ...proving, step: verifying({ stableSince: now }), leaseRenewTime: undefined }
    expect(decide(observation(relapsed))).toMatchObject(moves('Verifying', { stableSince: undefined }))
  })

  test('a stability that began in the future was stamped before the clock was set back: the watch alone counts', () => {
    const jumped = { ...proving, step: verifying({ stableSince: later(now, 3_600_000) }) }
    const watched = { stepMs: 60_000, stableMs: 9_999 }
    expect(decide(observation({ ...jumped, watched })).kind).toBe('Stay')
    expect(decide(observation({ ...jumped, watched: { ...watched, stableMs: 10_000 } }))).toMatchObject(
      moves('Releasing', { outcome: 'NodeRecovered' }),
    )
  })

  test('a process that has just started waits for the whole of it again, and is not late either', () => {
    const long = { ...proving, step: verifying({ stableSince: later(now, -60_000) }), now: later(now, 600_000) }
    const watched = { stepMs: 0, stableMs: 0 }
    expect(decide(observation({ ...long, watched })).kind).toBe('Stay')
    const failing = { step: verifying(), ...cordoned(), now: later(now, 600_000), watched }
    expect(decide(observation(failing)).kind).toBe('Stay')
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
    expect(decide(observation({ step: steps.releasing, ...endedAt(0) }))).toMatchObject(
      moves('Done', { outcome: 'NodeRecovered' }),
    )
  })

  test('who was quarantined is left alone from the moment at which people give the node back', () => {
    const released = { ...steps.releasing, outcome: 'Cancelled', since: now } as const
    const decision = decide(observation({ step: released, ...endedAt(3_600_000) }))
    expect(decision).toMatchObject({
      commands: [{ kind: 'ReleaseSlot', ledger: { starts: [{ endTime: rfc3339(now) }] } }],
    })
    expect(decide(observation({ step: released, ...endedAt(0) }))).toMatchObject(moves('Done'))
    expect(decide(observation({ step: { ...released, attempted: false }, ...endedAt(3_600_000) }))).toMatchObject(
      moves('Done'),
    )
  })

  test('a ledger that was lost in mid-run learns of the run as it ends: its node is left alone all the same', () => {
    const released = { ...steps.releasing, outcome: 'Cancelled', retry: 1 } as const
    const { name: nodeName, uid: nodeUID } = runSpec().node
    const decision = decide(observation({ step: released, ledger: ledger({ starts: [] }) }))
    expect(decision).toMatchObject({
      commands: [
        { kind: 'ReleaseSlot', ledger: { starts: [{ runUID, nodeName, nodeUID, retries: 1, endTime: rfc3339(now) }] } },
      ],
    })
    const untouched = { ...released, attempted: false }
    expect(decide(observation({ step: untouched, ledger: ledger({ starts: [] }) }))).toMatchObject(moves('Done'))
  })

  test.each(
    (['Gone', 'Recreated'] as const).flatMap((kind) =>
      [steps.claiming, steps.cordoning, steps.draining, steps.quarantined, verifying()].map((step) => ({ kind, step })),
    ),
  )(
    'a node that is $kind ends the run in $step.name: whatever bears its name is not what was decided about',
    ({ kind, step }) => {
      const seen = observation({ step, ...slotHeld, node: { kind } })
      expect(decide(seen)).toMatchObject(moves('Releasing', { outcome: 'Superseded' }))
    },
  )

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
      decide(
        observation({
          step: steps.releasing,
          ...endedAt(0),
          ...present(sickNode({ unschedulable: true, metadata })),
        }),
      ),
    ).toMatchObject(moves('Done'))
  })

  test('clean-up goes on under a pause, and when the policy is gone', () => {
    expect(
      commandsOf(decide(observation({ step: steps.releasing, ...slotHeld, ...cordoned(), shared: undefined }))),
    ).toEqual(['Uncordon'])
    const pause = {
      metadata: meta('stop'),
      spec: { scope: { everything: {} }, reason: 'fire drill' },
      status: {},
      problem: undefined,
    }
    const paused = { step: steps.releasing, ...slotHeld, pauses: [pause] }
    expect(commandsOf(decide(observation({ ...paused, ...cordoned() })))).toEqual(['Uncordon'])
    expect(commandsOf(decide(observation(paused)))).toEqual(['ReleaseSlot'])
  })

  test('a ledger that cannot be read is not one without our slot', () => {
    const unreadable = { step: steps.releasing, ledger: { kind: 'Unavailable', message: 'x' } } as const
    expect(decide(observation(unreadable)).kind).toBe('Stay')
  })

  test('what is done is settled once its finalizer is gone', () => {
    expect(commandsOf(decide(observation({ step: steps.done })))).toEqual(['SetFinalizer'])
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
