import { expect, test } from 'vitest'
import type { Kind, KubeObject } from '../api/kind.ts'
import { type LedgerSpec, ledgerSpecSchema } from '../api/v1alpha1/disruption-ledger.ts'
import { slot } from '../domain/remediation/observation.fixture.ts'
import { at, textAt } from '../kernel/json.ts'
import { mono } from '../kernel/time.ts'
import type { ObjectRef, Patch } from '../ports/cluster.ts'
import { ConflictError } from '../ports/errors.ts'
import { recordingEffects } from '../runtime/effects.fixture.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import { LedgerClerk, type LedgerKnown } from './ledger-clerk.ts'
import { LedgerCustody } from './ledger-custody.ts'

/** A stored ledger, told by who holds a slot; each write takes until it is let through. */
function bed() {
  const clock = new FakeClock()
  const custody = new LedgerCustody()
  const asked: string[] = []
  const evidence: number[] = []
  let version = 3
  let spec: LedgerSpec = { slots: [], starts: [], breakers: [], proven: [] }
  let gate = Promise.resolve()
  const cluster = {
    ...recordingEffects().effects.cluster,
    patch: async <Thing extends KubeObject>(kind: Kind<Thing>, _ref: ObjectRef, patch: Patch) => {
      await gate
      if (textAt(patch, 'resourceVersion') !== `${version}`) throw new ConflictError('ledger')
      version += 1
      spec = ledgerSpecSchema.parse(at(patch, 'body', 'spec'))
      asked.push(`write ${holders()}`)
      return kind.project({ metadata: { name: 'cluster', resourceVersion: `${version}` } })
    },
  }
  const holders = (): string => spec.slots.map(({ runUID }) => runUID).join()
  const reader = {
    get: async <Thing extends KubeObject>(kind: Kind<Thing>) => {
      asked.push('read')
      return kind.project({ metadata: { name: 'cluster', uid: 'l', resourceVersion: `${version}` }, spec: { ...spec } })
    },
  }
  const onEvidenceOf = (readAt: number) => {
    evidence.push(readAt)
    return { cluster }
  }
  const clerk = new LedgerClerk({ clock, reader, onEvidenceOf, custody })
  /** Two at most may hold a slot. */
  const claim = (runUID: string, readAt = clock.mono()) =>
    clerk.write({
      readAt,
      on: ({ spec: now }: LedgerKnown) =>
        now.slots.length < 2 ? { ...now, slots: [...now.slots, slot(runUID)] } : undefined,
    })
  return {
    clock,
    custody,
    asked,
    evidence,
    claim,
    clerk,
    /** Writes wait until the function that this returns is called. */
    shut: (): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
    somebodyElseWrites: () => {
      version += 1
    },
  }
}

test('whoever waits while a write is under way is served by the next one, all together, and no more than there is room for', async () => {
  const { claim, asked, shut } = bed()
  const open = shut()
  const claims = [claim('a'), claim('b'), claim('c')]
  open()
  expect(await Promise.all(claims)).toEqual([true, true, false])
  expect(asked).toEqual(['read', 'write a', 'read', 'write a,b'])
})

test('where nobody else writes, what was written keeps the custody of the ledger', async () => {
  const { claim, custody } = bed()
  custody.take('3')
  await claim('a')
  expect(custody.holds('4')).toBe(true)
})

test('a write leaves on the oldest evidence of those whom it serves', async () => {
  const { claim, evidence, clock, shut } = bed()
  await clock.advance(4_000)
  const open = shut()
  const claims = [claim('a'), claim('b', mono(clock.mono() - 3_000)), claim('c', mono(clock.mono() - 1_000))]
  const now = clock.mono()
  open()
  await Promise.all(claims)
  expect(evidence).toEqual([now, now - 3_000])
})

test('whoever has waited too long is sent to look again before anything is asked for him', async () => {
  const { claim, asked, clock } = bed()
  await clock.advance(10_000)
  expect(await claim('a', mono(clock.mono() - 5_001))).toBe(false)
  expect(asked).toEqual([])
})

test('where somebody else was faster all of that write are told, and the next ones are served', async () => {
  const { claim, shut, somebodyElseWrites, asked } = bed()
  const open = shut()
  const first = claim('a')
  await Promise.resolve()
  const next = claim('b')
  await Promise.resolve()
  somebodyElseWrites()
  open()
  await expect(first).rejects.toThrow(ConflictError)
  expect(await next).toBe(true)
  expect(asked.at(-1)).toBe('write b')
})

test('one that cannot be decided fails alone', async () => {
  const { claim, clerk, clock, shut } = bed()
  const open = shut()
  const first = claim('a')
  const broken = clerk.write({
    readAt: clock.mono(),
    on: () => {
      throw new RangeError('no such rung')
    },
  })
  const last = claim('b')
  open()
  await expect(broken).rejects.toThrow('no such rung')
  expect(await Promise.all([first, last])).toEqual([true, true])
})
