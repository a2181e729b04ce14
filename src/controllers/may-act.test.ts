import { expect, test } from 'vitest'
import { type NodeRemediation, runKind } from '../api/v1alpha1/node-remediation.ts'
import { preparedPolicy } from '../domain/policy/prepared-policy.fixture.ts'
import type { PreparedPolicy } from '../domain/policy/prepared-policy.ts'
import type { JsonObject } from '../kernel/json.ts'
import { mayAct } from './may-act.ts'

const observing = preparedPolicy({ mode: 'Observe' })
const acting = preparedPolicy()
const invalid = { ...acting, issues: [{ field: 'spec', reason: 'PolicyInvalid', message: 'no' }] } as const

const cases = {
  'no policy at all': { policies: [], may: false },
  'a policy in mode Observe': { policies: [observing], may: false },
  'a policy that is not valid': { policies: [invalid], may: false },
  'a policy that acts': { policies: [observing, acting], may: true },
  'a run that has begun and has something to give back': {
    run: run({ name: 'Releasing', attempted: true }),
    may: true,
  },
  'a run that has not begun': { run: run({ name: 'Claiming', attempted: false }), may: false },
  'a run that is over': { run: run({ name: 'Done', attempted: true }), may: false },
  'a rehearsal': { run: run({ name: 'Approving', attempted: true }, { dryRun: true }), may: false },
}

interface Case {
  readonly policies?: readonly PreparedPolicy[]
  readonly run?: NodeRemediation
  readonly may: boolean
}

test.each<[string, Case]>(Object.entries(cases))('%s', (_what, { policies = [observing], run: begun, may }) => {
  expect(mayAct({ list: () => policies }, { list: () => (begun === undefined ? [] : [begun]) })).toBe(may)
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
