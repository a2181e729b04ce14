import { expect, test } from 'vitest'
import { type NodeRemediation, runKind } from '../api/v1alpha1/node-remediation.ts'
import { preparedPolicy } from '../domain/policy/prepared-policy.fixture.ts'
import type { JsonObject } from '../kernel/json.ts'
import { mayAct } from './may-act.ts'

const observing = preparedPolicy({ mode: 'Observe' })
const acting = preparedPolicy()
const invalid = { ...acting, issues: [{ field: 'spec', reason: 'PolicyInvalid', message: 'no' }] } as const

test.each([
  ['no policy at all', [], [], false],
  ['a policy in mode Observe', [observing], [], false],
  ['a policy that is not valid', [invalid], [], false],
  ['a policy that acts', [observing, acting], [], true],
  [
    'a run that has begun and has something to give back',
    [observing],
    [run({ name: 'Releasing', attempted: true })],
    true,
  ],
  ['a run that has not begun', [observing], [run({ name: 'Claiming', attempted: false })], false],
  ['a run that is over', [observing], [run({ name: 'Done', attempted: true })], false],
  ['a rehearsal', [observing], [run({ name: 'Approving', attempted: true }, { dryRun: true })], false],
])('%s: may act is %s', (_what, policies, runs, expected) => {
  expect(mayAct({ list: () => policies }, { list: () => runs })).toBe(expected)
})

function run(step: JsonObject, spec: JsonObject = {}): NodeRemediation {
  const since = '2026-11-21T12:00:00Z'
  const rest = { since, deadline: since, outcome: 'NodeRecovered' }
  return runKind.project({
    metadata: { name: 'nr-1', uid: 'u', resourceVersion: '1' },
    spec: {
      node: { name: 'node-1', uid: 'n' },
      policyName: 'p',
      cause: { diagnosis: 'd', class: 'Fault', episode: 'e', when: '', message: '', detectedTime: since },
      treatments: [{ name: 'reboot', reboot: {} }],
      ...spec,
    },
    status: { step: { ...rest, ...step } },
  })
}
