import { expect, test } from 'vitest'
import { signalSchema } from '../../../api/v1alpha1/signal.ts'
import { instant, mono } from '../../../kernel/time.ts'
import { changesInMs, claimOf, clearedOf } from '../claim.ts'
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

interface Twin {
  readonly name: string
  /** How long ago it answered. */
  readonly heardSecondsAgo: number
  readonly lists?: boolean
  readonly problem?: string
  readonly doubt?: string
}

/** As the poll tells it: a lost poll takes nothing from the answer before it. */
function heardOfTwins(twins: readonly Twin[]): AlertsSeen {
  const sources = twins.map(({ name, heardSecondsAgo, problem, doubt }): AlertSourceSeen => {
    const ms = heardSecondsAgo * 1_000
    return { name, answered: { at: instant(now.now - ms), atMono: mono(now.mono - ms), doubt }, problem }
  })
  const alerts = twins.flatMap(({ name, lists }) => (lists === true ? [{ ...alertFor({}), source: name }] : []))
  const atMono = mono(Math.min(...sources.map(({ answered }) => answered?.atMono ?? 0)))
  return { kind: 'Known', at: instant(atMono), atMono, alerts, sources }
}

const impatient = signalSchema.parse({ name: 'hot', alert: { name: 'NodeCPUSaturated' }, freshnessSeconds: 45 })
const patient = { ...impatient, freshnessSeconds: 300 }
const refused = 'connection refused'
const lookAt = (...twins: readonly Twin[]) => look(now, { alerts: heardOfTwins(twins) })

test.each<readonly [string, readonly [Twin, Twin], string]>([
  [
    'listed by the one that lives fires, however long its twin is dead',
    [
      { name: 'one', heardSecondsAgo: 1, lists: true },
      { name: 'two', heardSecondsAgo: 100, lists: true, problem: refused },
    ],
    'True',
  ],
  [
    'listed last by the one that died fires within the limit',
    [
      { name: 'one', heardSecondsAgo: 1 },
      { name: 'two', heardSecondsAgo: 45, lists: true, problem: refused },
    ],
    'True',
  ],
  [
    'listed last by the one that died is not known beyond it, and never well',
    [
      { name: 'one', heardSecondsAgo: 1 },
      { name: 'two', heardSecondsAgo: 46, lists: true, problem: refused },
    ],
    'Unknown SourceUnavailable alert NodeCPUSaturated: two: connection refused',
  ],
  [
    'listed by neither is well while the last word of both is young',
    [
      { name: 'one', heardSecondsAgo: 1 },
      { name: 'two', heardSecondsAgo: 45, problem: refused },
    ],
    'False',
  ],
  [
    'listed by neither is not known while one of them is new',
    [
      { name: 'one', heardSecondsAgo: 1 },
      { name: 'two', heardSecondsAgo: 1, doubt: 'it has only just started' },
    ],
    'Unknown SourceUnavailable alert NodeCPUSaturated: two: it has only just started',
  ],
  [
    'listed by one that is new fires',
    [
      { name: 'one', heardSecondsAgo: 1 },
      { name: 'two', heardSecondsAgo: 1, lists: true, doubt: 'it has only just started' },
    ],
    'True',
  ],
])('of two Alertmanagers, what is %s', (_, twins, expected) => {
  const { state, reason, message } = claimOf(impatient, lookAt(...twins))
  expect(state === 'Unknown' ? `${state} ${reason} ${message}` : state).toBe(expected)
})

test('a limit beyond the ordinary one counts as well', () => {
  const one = { name: 'one', heardSecondsAgo: 1 }
  expect(claimOf(patient, lookAt(one, { name: 'two', heardSecondsAgo: 300, problem: refused })).state).toBe('False')
  expect(claimOf(patient, lookAt(one, { name: 'two', heardSecondsAgo: 301, problem: refused })).state).toBe('Unknown')
})

test('an answer of the one that lives is a sample, whatever its twin does', () => {
  const dead = { name: 'two', heardSecondsAgo: 100, problem: refused }
  expect(claimOf(impatient, lookAt({ name: 'one', heardSecondsAgo: 1, lists: true }, dead)).sampledAt).toBe(599_000)
})

test('one that is dead does not hide when the other will be too old', () => {
  const dead = { name: 'two', heardSecondsAgo: 100, problem: refused }
  const left = changesInMs(impatient, lookAt({ name: 'one', heardSecondsAgo: 40, lists: true }, dead))
  expect(left).toBe(5_001)
})

test('nothing has cleared while one of them is new', () => {
  const twins = [
    { name: 'one', heardSecondsAgo: 1 },
    { name: 'two', heardSecondsAgo: 1, doubt: 'it has only just started' },
  ]
  const since = { treatedAt: instant(0), bootChanged: true, pods: [] }
  expect(clearedOf(impatient, { ...lookAt(...twins), ...since })).toMatchObject({
    cleared: false,
    message: expect.stringContaining('two: it has only just started'),
  })
})
