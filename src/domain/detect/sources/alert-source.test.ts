import { expect, test } from 'vitest'
import { signalSchema } from '../../../api/v1alpha1/signal.ts'
import { instant, mono } from '../../../kernel/time.ts'
import { claimOf } from '../claim.ts'
import { alertFor } from '../evidence.fixture.ts'
import type { AlertSourceSeen, AlertsSeen } from '../evidence.ts'
import { look } from './look.fixture.ts'

const now = { now: instant(600_000), mono: mono(600_000) }
const answered = (name: string): AlertSourceSeen => ({ name, answered: { at: now.now, atMono: now.mono } })
const silent = (name: string): AlertSourceSeen => ({ name, problem: 'connection refused' })

/** What the signal says where `lister` lists the alert, and these Alertmanagers are configured. */
function stateOf(source: string | undefined, lister: string | undefined, sources: readonly AlertSourceSeen[]) {
  const signal = signalSchema.parse({ name: 'hot', alert: { name: 'NodeCPUSaturated', source } })
  const alerts = lister === undefined ? [] : [{ ...alertFor({}), source: lister }]
  const isWhole = sources.every((one) => one.answered !== undefined)
  const seen: AlertsSeen = isWhole
    ? { kind: 'Known', at: now.now, atMono: now.mono, alerts, sources }
    : {
        kind: 'Unavailable',
        reason: 'SourceUnavailable',
        message: 'two: connection refused',
        sinceMono: mono(0),
        alerts,
        sources,
      }
  return claimOf(signal, look(now, { alerts: seen })).state
}

test.each([
  { who: 'the one that counts', source: 'one', lister: 'one', state: 'True' },
  { who: 'another one', source: 'one', lister: 'two', state: 'False' },
  { who: 'any, where none is named', source: undefined, lister: 'two', state: 'True' },
  { who: 'one, where one is named that nobody has configured', source: 'three', lister: 'one', state: 'Unknown' },
])('an alert that is listed by $who is $state', ({ source, lister, state }) => {
  expect(stateOf(source, lister, [answered('one'), answered('two')])).toBe(state)
})

test('the silence of an Alertmanager whose word does not count takes nothing from the one whose does', () => {
  const sources = [answered('one'), silent('two')]
  expect(stateOf('one', undefined, sources)).toBe('False')
  expect(stateOf('two', undefined, sources)).toBe('Unknown')
  expect(stateOf(undefined, undefined, sources)).toBe('Unknown')
})
