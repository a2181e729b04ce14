import { describe, expect, test } from 'vitest'
import { meta } from '../../api/kind.fixture.ts'
import { runSpecSchema, runStatusSchema } from '../../api/v1alpha1/node-remediation.ts'
import { guardSpecSchema } from '../../api/v1alpha1/remediation-guard.ts'
import { hours, later, minutes, rfc3339 } from '../../kernel/time.ts'
import { ledger, now, policy, share, slot, start } from './budget-view.fixture.ts'
import { isLedgerFull } from './ledger.ts'
import { breakerChanges, doubtfulSlots, isReplaced, type UpkeepView, upkept } from './upkeep.ts'

const known = (spec: object = {}, uid = 'ledger-uid') => {
  const seen = ledger(spec)
  if (seen.kind !== 'Known') throw new Error('a fixture is known')
  return { ...seen, uid }
}
const counted = (name: string, faults: number, limits: object = {}) => ({
  name,
  spec: policy(limits),
  figures: { kind: 'Known', policy: share(faults), cluster: share(faults) } as const,
})

/** The ordinary case: one policy, one sick node of ten, the ledger that was always there. */
const view = (unusual: Partial<UpkeepView> = {}): UpkeepView => ({
  now,
  nowAtLeast: now,
  ledger: known(),
  guard: guardSpecSchema.parse({}),
  ledgerUID: 'ledger-uid',
  policies: [counted('general', 1)],
  cluster: { kind: 'Known', share: share(1) },
  runs: [],
  seenCoolingMs: () => hours(1),
  abandoned: new Set(),
  ...unusual,
})

const run = (uid: string, unusual: object = {}) => ({
  metadata: meta(`nr-${uid}`, { uid }),
  spec: runSpecSchema.parse({
    node: { name: 'n', uid: 'u' },
    policyName: 'general',
    cause: { diagnosis: 'd', class: 'Fault', episode: 'e', when: 's', message: 'm', detectedTime: rfc3339(now) },
    treatments: [{ name: 't', reboot: {} }],
  }),
  status: runStatusSchema.parse({
    step: { name: 'Draining', since: rfc3339(now), deadline: rfc3339(now) },
    startTime: rfc3339(now),
    ...unusual,
  }),
  problem: undefined,
})

const scopesOf = (seen: UpkeepView) => upkept(seen).breakers.map(({ scope, state }) => `${scope || 'cluster'} ${state}`)

test('an idle look changes nothing', () => {
  const seen = view({ ledger: known({ slots: [slot('x')], starts: [start('x', minutes(1))] }) })
  expect(upkept(seen)).toEqual(seen.ledger.spec)
})

describe('breakers', () => {
  test('each scope trips by its own limit, and the cluster’s comes first', () => {
    expect(scopesOf(view({ policies: [counted('general', 3), counted('gpu', 2)] }))).toEqual(['general Open'])
    expect(scopesOf(view({ cluster: { kind: 'Known', share: share(3) } }))).toEqual(['cluster Open'])
    const both = view({ policies: [counted('general', 3)], cluster: { kind: 'Known', share: share(3) } })
    expect(scopesOf(both)).toEqual(['cluster Open', 'general Open'])
    expect(new Set(upkept(both).breakers.map(({ tripID }) => tripID)).size).toBe(2)
  })

  test('Load trips nothing', () => {
    const busy = { kind: 'Known', policy: share(0, 9), cluster: share(0, 9) } as const
    const policies = [{ name: 'general', spec: policy(), figures: busy }]
    expect(scopesOf(view({ policies, cluster: { kind: 'Known', share: share(0, 9) } }))).toEqual([])
  })

  test('the same storm on another version of the ledger is a trip of another name', () => {
    const tripOn = (resourceVersion: string) =>
      upkept(view({ policies: [counted('general', 3)], ledger: { ...known(), resourceVersion } })).breakers[0]?.tripID
    expect(tripOn('1')).not.toBe(tripOn('2'))
  })

  const open = (scope: string, more: object = {}) => ({
    scope,
    state: 'Open',
    tripID: `trip-${scope}`,
    tripTime: rfc3339(later(now, -hours(1))),
    input: 'MaxUnhealthy',
    message: 'm',
    figure: 3,
    ...more,
  })

  test('to delete a policy does not reset its breaker before it has cooled', () => {
    const listed = (more: object) => view({ policies: [], ledger: known({ breakers: [open('gone', more)] }) })
    expect(scopesOf(listed({}))).toEqual(['gone Cooling'])
    expect(scopesOf(listed({ state: 'Cooling', coolingSince: rfc3339(now) }))).toEqual(['gone Cooling'])
    expect(scopesOf(listed({ state: 'Cooling', coolingSince: rfc3339(later(now, -hours(1))) }))).toEqual([])
  })

  test('a policy that is not valid, or whose list is in doubt, keeps its breaker as it is', () => {
    const breakers = [open('general')]
    const invalid = { ...counted('general', 0), spec: undefined }
    const doubtful = { ...counted('general', 0), figures: { kind: 'Doubtful', message: 'x' } as const }
    for (const one of [invalid, doubtful])
      expect(scopesOf(view({ policies: [one], ledger: known({ breakers }) }))).toEqual(['general Open'])
  })

  test('more trips than the list can hold push nobody out', () => {
    const breakers = Array.from({ length: 100 }, (_, index) => open(`policy-${index}`, { state: 'HalfOpen' }))
    const policies = [...breakers.map(({ scope }) => counted(scope, 0)), counted('a-new-one', 9)]
    const next = upkept(view({ policies, ledger: known({ breakers }) })).breakers
    expect(next).toHaveLength(100)
    expect(next.map(({ scope }) => scope)).not.toContain('a-new-one')
  })

  test('people are told of what opens and closes, once', () => {
    const [before, after] = [known({ breakers: [open('')] }), upkept(view({ policies: [counted('general', 3)] }))]
    expect(breakerChanges(before.spec.breakers, after.breakers).map(({ kind }) => kind)).toEqual(['Closed', 'Opened'])
    expect(breakerChanges(after.breakers, after.breakers)).toEqual([])
  })
})

describe('a ledger that was replaced', () => {
  test('is one under another UID; the first one ever is not', () => {
    expect(isReplaced(known(), 'ledger-uid', [])).toBe(false)
    expect(isReplaced(known(), 'older', [])).toBe(true)
    expect(isReplaced(known(), undefined, [])).toBe(false)
  })

  test('without a memory, one that does not know the runs under way is none of theirs', () => {
    expect(isReplaced(known(), undefined, [run('x')])).toBe(true)
    expect(isReplaced(known({ starts: [start('x', 1)] }), undefined, [run('x')])).toBe(false)
    expect(isReplaced(known(), undefined, [run('x', { startTime: undefined })])).toBe(false)
  })

  test('trips the cluster, whatever stood there', () => {
    expect(upkept(view({ ledgerUID: 'older' })).breakers).toMatchObject([
      { scope: '', state: 'Open', input: 'LedgerReplaced', ledgerUID: 'ledger-uid' },
    ])
  })
})

describe('what somebody has edited by hand', () => {
  test('a slot whose run is gone goes, and its start ends; nobody else’s does', () => {
    const spec = { slots: [slot('gone'), slot('x')], starts: [start('gone', 1), start('x', 1)] }
    const next = upkept(view({ ledger: known(spec), abandoned: new Set(['gone']) }))
    expect(next.slots.map(({ runUID }) => runUID)).toEqual(['x'])
    expect(next.starts.map(({ endTime }) => endTime)).toEqual([rfc3339(now), undefined])
  })

  test('a slot is doubted unless its run is seen open', () => {
    const spec = known({ slots: [slot('open'), slot('done'), slot('unknown')] }).spec
    const runs = [run('open'), run('done', { step: { name: 'Done', since: rfc3339(now), outcome: 'NodeRecovered' } })]
    expect(doubtfulSlots(spec, runs).map(({ runUID }) => runUID)).toEqual(['done', 'unknown'])
  })

  test('a start in years to come is not forgotten: which clock is wrong cannot be told', () => {
    const ahead = { endTime: '2999-01-01T00:00:00Z' }
    const starts = Array.from({ length: 600 }, (_, index) => start(`u${index}`, -hours(24 * 365), ahead))
    expect(upkept(view({ ledger: known({ starts }) })).starts).toHaveLength(600)
  })

  test('a clock that was set forward forgets no start', () => {
    const ended = { endTime: rfc3339(now) }
    const starts = Array.from({ length: 600 }, (_, index) => start(`u${index}`, minutes(1), ended))
    const seen = view({ ledger: known({ starts }), now: later(now, hours(24 * 365)) })
    expect(upkept(seen).starts).toHaveLength(600)
    expect(upkept({ ...seen, nowAtLeast: seen.now }).starts).toEqual([])
  })

  test('a thousand old starts make room once no window of today reaches them', () => {
    const starts = Array.from({ length: 1_000 }, (_, index) =>
      start(`u${index}`, hours(25), { endTime: rfc3339(later(now, -hours(25))) }),
    )
    const seen = view({ ledger: known({ starts }) })
    expect(isLedgerFull(seen.ledger.spec, now)).toBe(true)
    expect(upkept(seen).starts).toEqual([])
    const longer = counted('general', 1, { attempts: { windowSeconds: 172_800 } })
    expect(upkept({ ...seen, policies: [longer] }).starts).toHaveLength(1_000)
  })

  test('a canary that nobody knows trips anew', () => {
    const breakers = [
      {
        scope: '',
        state: 'HalfOpen',
        tripID: 't',
        tripTime: rfc3339(now),
        input: 'MaxUnhealthy',
        message: 'm',
        figure: 1,
        canaryRunUID: 'nobody',
      },
    ]
    expect(upkept(view({ ledger: known({ breakers }) })).breakers).toMatchObject([{ state: 'Open' }])
  })
})
