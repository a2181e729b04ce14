import { expect, test } from 'vitest'
import { runKind, type StepRecord } from '../../api/v1alpha1/node-remediation.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { instant } from '../../kernel/time.ts'
import { cancelIntent, releaseIntent, retryIntent } from './intents.ts'

const at = '2026-11-21T10:00:00Z'
const now = instant(Date.parse('2026-11-21T10:05:00Z'))

const runAt = (step: Partial<StepRecord>, spec: JsonObject = {}) =>
  runKind.project({
    metadata: { name: 'nr-1', uid: 'r' },
    spec: {
      node: { name: 'one', uid: 'n' },
      policyName: 'general',
      cause: { diagnosis: 'd', class: 'Fault', episode: 'e', when: 'x', message: 'm', detectedTime: at },
      treatments: [
        { name: 'reboot', reboot: {} },
        { name: 'power-cycle', powerCycle: {} },
      ],
      ...spec,
    },
    status: { step: { name: 'Approving', since: at, ...step }, completionTime: at, treatment: 'power-cycle' },
  })

const wish = { reason: 'switch replaced', keepCordoned: false }
const cancel = (run: ReturnType<typeof runAt>, keepCordoned = false) =>
  cancelIntent(run, { ...wish, keepCordoned }, now)

test('before the cordon a run just ends', () => {
  expect(cancel(runAt({ name: 'Claiming' }))).toEqual({
    kind: 'Writes',
    spec: { cancel: { reason: 'switch replaced', keepCordoned: false } },
    follows: ['Node one has not been touched; the run ends as Cancelled.'],
  })
})

test('a node that was touched is given back; a treatment that runs is ended first; a cordon that is kept is theirs', () => {
  const treating = cancel(runAt({ name: 'Treating', attempted: true }))
  expect(treating).toMatchObject({
    follows: ['Rung power-cycle is under way', 'Node one is given back', 'cooldown'].map((text) =>
      expect.stringContaining(text),
    ),
  })
  expect(cancel(runAt({ name: 'Quarantined', attempted: true }), true)).toMatchObject({
    spec: { cancel: { keepCordoned: true } },
    follows: [expect.stringContaining('kubectl uncordon one'), expect.anything()],
  })
})

test('nothing is left to cancel of a run that is over, being given back, or asked to end before', () => {
  expect(cancel(runAt({ name: 'Done', outcome: 'NodeRecovered' }))).toEqual({
    kind: 'Refused',
    why: 'run nr-1 is over for 5m (NodeRecovered); there is nothing to cancel',
  })
  const releasing = runAt({ name: 'Releasing', outcome: 'Cancelled', attempted: true })
  expect(cancel(releasing)).toMatchObject({ kind: 'Needless' })
  expect(cancel(releasing, true)).toMatchObject({ kind: 'Writes' })
  const asked = runAt({ name: 'Draining', attempted: true }, { cancel: { reason: 'first' } })
  expect(cancel(asked)).toMatchObject({ kind: 'Needless', why: expect.stringContaining('first') })
  expect(cancel(asked, true)).toMatchObject({ spec: { cancel: { reason: 'first', keepCordoned: true } } })
})

test('only what holds something of the node can give it back', () => {
  expect(releaseIntent(runAt({ name: 'Quarantined', attempted: true }), wish, now)).toMatchObject({ kind: 'Writes' })
  expect(releaseIntent(runAt({ name: 'Claiming' }), wish, now)).toMatchObject({
    kind: 'Refused',
    why: expect.stringContaining('to end the run, cancel it'),
  })
  expect(releaseIntent(runAt({ name: 'Done' }), wish, now)).toMatchObject({
    kind: 'Refused',
    why: expect.stringContaining('holds nothing of node one'),
  })
})

test('only a quarantined run is retried, once for each time it was quarantined', () => {
  const quarantined = { name: 'Quarantined', attempted: true, retry: 1 } as const
  expect(retryIntent(runAt(quarantined, { retry: 1 }), now)).toMatchObject({
    spec: { retry: 2 },
    follows: [expect.stringContaining('first rung reboot again'), expect.anything()],
  })
  expect(retryIntent(runAt(quarantined, { retry: 2 }), now)).toMatchObject({ kind: 'Needless' })
  expect(retryIntent(runAt(quarantined, { retry: 1, cancel: { reason: 'r' } }), now)).toMatchObject({ kind: 'Refused' })
  expect(retryIntent(runAt({ ...quarantined, retry: 100 }, { retry: 100 }), now)).toMatchObject({ kind: 'Refused' })
  expect(retryIntent(runAt({ name: 'Draining' }), now)).toMatchObject({
    kind: 'Refused',
    why: 'run nr-1 is Draining: only a quarantined run can be retried',
  })
  expect(retryIntent(runAt({ name: 'Done', outcome: 'Cancelled' }), now)).toMatchObject({
    kind: 'Refused',
    why: expect.stringContaining('prunella remediate one --treatment=reboot'),
  })
})
