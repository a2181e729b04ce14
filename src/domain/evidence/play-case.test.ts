import { expect, test } from 'vitest'
import { type EvidenceCase, evidenceFileSchema } from '../../api/evidence-file.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { playCase } from './play-case.ts'

const diagnosis = (name: string, when: string) => ({ name, class: 'Fault', when, treatments: ['power-cycle'] })
const policy = preparedPolicy({
  mode: 'Observe',
  signals: [
    { name: 'hung', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 },
    { name: 'busy', alert: { name: 'Busy' }, samples: { atLeast: 2, of: 3 }, clearedWhen: { healthCheck: 'Kubelet' } },
    { name: 'short', query: { expr: 'mem', above: 0.9 } },
    { name: 'storm', evictionStorm: { evictions: 10, windowSeconds: 300 } },
    { name: 'oom', nodeEvent: { reason: 'SystemOOM', count: 3, windowSeconds: 600 } },
    { name: 'crashing', podSymptom: { symptom: 'CrashLooping', stuckSeconds: 60 } },
    { name: 'silent', lease: { silentSeconds: 40 } },
    { name: 'flaky', reboots: { count: 2, windowSeconds: 3_600 } },
    { name: 'leaving', notice: {} },
  ],
  diagnoses: [
    diagnosis('hung', 'hung'),
    diagnosis('nearly-gone', 'value.short > 0.95'),
    diagnosis('storming', 'rate.storm > 0.05'),
    diagnosis('other', 'busy || short || storm || oom || crashing || silent || flaky || leaving'),
  ],
})

function evidence(script: readonly JsonObject[], more: JsonObject = {}): EvidenceCase {
  const quiet = { queries: { short: 0.5 } }
  const [first, ...rest] = script
  const file = evidenceFileSchema.parse({
    apiVersion: 'prunella.dev/cli/v1',
    kind: 'Evidence',
    cases: [{ name: 'case', script: [{ ...quiet, ...first }, ...rest], ...more }],
  })
  const [one] = file.cases
  if (one === undefined) throw new Error('no case')
  return one
}
const play = (script: readonly JsonObject[], more: JsonObject = {}) =>
  playCase([policy], evidence(script, more)).map(({ differences }) => differences.join('; '))
const expecting = (expect: JsonObject, at = 0) => ({ at, expect })

test('a hold runs on simulated time, to the second', () => {
  expect(
    play([
      { at: 0, conditions: [{ type: 'KernelDeadlock', status: 'True' }], expect: { gate: 'HoldNotElapsed' } },
      expecting({ diagnosis: 'hung', gate: 'HoldNotElapsed' }, 9),
      expecting({ diagnosis: 'hung', gate: 'ObserveMode' }, 10),
    ]),
  ).toEqual(['', '', ''])
})

test.each<readonly [string, JsonObject, JsonObject, number]>([
  ['events that come together', { events: [{ reason: 'SystemOOM', count: 3 }] }, { oom: 'True', storm: 'False' }, 0],
  ['events that are too old', { events: [{ reason: 'SystemOOM', count: 3 }] }, { oom: 'False' }, 601],
  ['evicted pods', { evictions: 12 }, { storm: 'True' }, 0],
  ['a query above its threshold', { queries: { short: 0.93 } }, { short: 'True' }, 0],
  ['one of two series above it', { queries: { short: [0.1, 0.93] } }, { short: 'True' }, 0],
  ['no series', { queries: { short: 'Absent' } }, { short: 'Unknown' }, 60],
  ['no answer', { queries: { short: 'Unavailable' } }, { short: 'Unknown' }, 60],
  ['pods of several namespaces', { ailingPods: [{ symptom: 'CrashLooping', pods: 3 }] }, { crashing: 'True' }, 90],
  ['a lease that stands', { lease: 'Silent' }, { silent: 'True' }, 60],
  ['a lease that moves', { lease: 'Renewed' }, { silent: 'False' }, 60],
  ['a notice', { taints: ['aws-node-termination-handler/spot-itn'] }, { leaving: 'True' }, 0],
  ['pods that cannot be listed', { unavailable: ['pods'] }, { storm: 'Unknown', crashing: 'Unknown' }, 0],
  ['one sample of three', { alerts: [{ name: 'Busy' }] }, { busy: 'Unknown' }, 0],
  ['two samples of three', { alerts: [{ name: 'Busy' }] }, { busy: 'True' }, 15],
])('%s', (_, ...[given, signals, at]) => {
  const script =
    at === 0
      ? [{ at, ...given, expect: { signals } }]
      : [
          { at: 0, ...given },
          { at, expect: { signals } },
        ]
  expect(play(script)).toEqual([''])
})

test('boots are counted, one by one', () => {
  expect(
    play([{ at: 0 }, { at: 60, boot: true }, { at: 600, boot: true, expect: { signals: { flaky: 'True' } } }]),
  ).toEqual([''])
})

test('numbers and rates reach the diagnosis', () => {
  expect(play([{ at: 0, queries: { short: 0.96 }, expect: { diagnosis: 'nearly-gone' } }])).toEqual([''])
  expect(play([{ at: 0, queries: { short: 0.93 }, expect: { diagnosis: 'other' } }])).toEqual([''])
  expect(play([{ at: 0, evictions: 20, expect: { diagnosis: 'storming' } }])).toEqual([''])
})

test('what is not as expected is told, each by itself', () => {
  expect(
    play([{ at: 0 }, expecting({ diagnosis: 'hung', gate: 'ObserveMode', signals: { oom: 'True' } }, 60)]),
  ).toEqual(['the diagnosis is None, not hung; the gate is NoDiagnosis, not ObserveMode; oom is False, not True'])
})

test('a misspelt name is an error and no verdict', () => {
  expect(() => play([{ at: 0, queries: { shrt: 1 }, expect: {} }])).toThrow(
    "case 'case' at 0s answers a query of the signal 'shrt', which no policy has (known: short)",
  )
  expect(() => play([expecting({ diagnosis: 'hang' })])).toThrow("expects the diagnosis 'hang'")
  expect(() => play([expecting({ signals: { hang: 'True' } })])).toThrow("expects of the signal 'hang'")
})
