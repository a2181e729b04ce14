import { describe, expect, test } from 'vitest'
import { later, mono, rfc3339 } from '../../kernel/time.ts'
import { causeKnown } from './cause.ts'
import { decide } from './decide.ts'
import {
  condition,
  cordoned,
  now,
  observation,
  pod,
  present,
  run,
  runSpec,
  sickNode,
  slotHeld,
  sourcesWith,
  steps,
  treating,
} from './observation.fixture.ts'

const silentSignal = { name: 'kubeletSilent', nodeCondition: { type: 'Ready', status: 'Unknown' } }
const silentRun = (when = 'kubeletSilent', signals: readonly unknown[] = [silentSignal]) =>
  run({ spec: runSpec({ cause: { ...runSpec().cause, when, signals } }) })
const silent = { conditions: [condition('Ready', 'Unknown'), condition('KernelDeadlock', 'True')] }
const renewed = (agoMs: number) => rfc3339(later(now, -agoMs))

describe('a kubelet that the control plane calls silent', () => {
  test('and whose lease is old, is silent', () => {
    const seen = observation({ run: silentRun(), ...present(sickNode(silent)), leaseRenewTime: renewed(60_000) })
    expect(causeKnown(seen).result).toBe('Pass')
  })

  test('but renewed its lease a moment ago, is alive: nothing is known', () => {
    const seen = observation({ run: silentRun(), ...present(sickNode(silent)), leaseRenewTime: renewed(5_000) })
    expect(causeKnown(seen)).toMatchObject({ result: 'Unknown', reason: 'SignalStale' })
    expect(causeKnown(seen).message).toContain('but the kubelet renewed its lease at')
  })

  test('and whose clock is an hour fast, is believed by the movement of its lease alone', () => {
    const skewed = { run: silentRun(), ...present(sickNode(silent)), leaseRenewTime: renewed(-3_600_000) }
    expect(causeKnown(observation(skewed)).result).toBe('Pass')
    expect(causeKnown(observation({ ...skewed, leaseMovedMs: 4_000 })).result).toBe('Unknown')
    expect(causeKnown(observation({ ...skewed, leaseMovedMs: 31_000 })).result).toBe('Pass')
  })

  test('does not matter where another sign is enough', () => {
    const spec = silentRun('kubeletSilent || kernelDeadlock', [silentSignal, ...runSpec().cause.signals])
    const seen = observation({ run: spec, ...present(sickNode(silent)), leaseRenewTime: renewed(5_000) })
    expect(causeKnown(seen).result).toBe('Pass')
  })

  test('is neither cordoned nor given back as recovered while its lease is renewed', () => {
    const seen = observation({
      run: silentRun(),
      step: steps.cordoning,
      ...slotHeld,
      ...present(sickNode(silent)),
      leaseRenewTime: renewed(5_000),
    })
    expect(decide(seen)).toMatchObject({ kind: 'Stay', commands: [], held: { reason: 'SignalStale' } })
  })
})

describe('a signal source that falls silent', () => {
  const signal = { name: 'hint', alert: { name: 'Hint' } }
  const byAlert = { run: run({ spec: runSpec({ cause: { ...runSpec().cause, when: 'hint', signals: [signal] } }) }) }
  const alerts = {
    kind: 'Unavailable',
    reason: 'SourceUnavailable',
    message: 'alertmanager: connection refused',
    sinceMono: mono(0),
    alerts: [],
  } as const

  test.each([
    ['claimed', { step: steps.claiming }],
    ['cordoned', { step: steps.cordoning, ...slotHeld }],
    ['drained', { step: steps.draining, ...slotHeld, ...cordoned(), pods: [pod('web')] }],
    ['rebooted', { step: treating(), ...slotHeld, ...cordoned() }],
  ])('is no reason for a node to be %s, and none to call it well', (_what, seen) => {
    expect(decide(observation({ ...byAlert, ...seen, sources: sourcesWith({ alerts }) }))).toMatchObject({
      kind: 'Stay',
      commands: [],
    })
    const firing = { kind: 'Known', at: now, atMono: mono(0), alerts: [alert] } as const
    expect(decide(observation({ ...byAlert, ...seen, sources: sourcesWith({ alerts: firing }) }))).not.toMatchObject({
      commands: [],
    })
  })

  test('is named', () => {
    expect(causeKnown(observation({ ...byAlert, sources: sourcesWith({ alerts }) }))).toMatchObject({
      result: 'Unknown',
      reason: 'SourceUnavailable',
      message: expect.stringContaining('connection refused'),
    })
  })
})

const alert = {
  fingerprint: 'f',
  labels: { alertname: 'Hint', node: 'node-1' },
  startsAt: now,
  updatedAt: now,
  state: 'active',
} as const

describe('a process that was disturbed', () => {
  const frozen = { reason: 'ClockJumped', message: 'the clock jumped by 3600000 ms' } as const

  test.each([
    ['claims nothing', { step: steps.claiming }],
    ['cordons nothing', { step: steps.cordoning, ...slotHeld }],
    ['drains and treats nothing', { step: steps.draining, ...slotHeld, ...cordoned() }],
  ])('%s, and says so', (_what, seen) => {
    expect(decide(observation({ ...seen, frozen }))).toMatchObject({ commands: [], held: { reason: 'ClockJumped' } })
    expect(decide(observation(seen))).not.toMatchObject({ held: { reason: 'ClockJumped' } })
  })

  test('gives back what it has all the same', () => {
    const releasing = { step: steps.releasing, ...slotHeld, ...cordoned(), frozen }
    expect(decide(observation(releasing))).toMatchObject({ commands: [{ kind: 'Uncordon' }] })
  })
})
