import { expect, test } from 'vitest'
import { aroundPolicy, surroundings } from '../surroundings/surroundings.fixture.ts'
import { decide } from './decide.ts'
import { observation, policy, run, runSpec, shared, steps } from './observation.fixture.ts'
import type { Observation } from './observation.ts'

const nodes = (healthy: number) => ({ selected: 10, healthy, faults: 1, loads: 0 })

/** Of ten nodes so many are well, the one that is asked for among them, and three must stay. */
const claiming = (healthy: number, unusual: Partial<Observation> = {}) => {
  const floor = shared(policy({ limits: { ...policy().limits, minHealthy: 3 } }))
  const figures = { kind: 'Known', policy: nodes(healthy), cluster: nodes(healthy) } as const
  const whole = surroundings({ byPolicy: { general: aroundPolicy({ figures }) } })
  const around = { ...observation().around, whole }
  return decide(observation({ step: steps.claiming, shared: { ...floor, figures }, around, ...unusual }))
}

const asked = { run: run({ spec: runSpec({ requestedBy: 'alice' }) }) }

test.each([
  ['a run that a person asks for', asked],
  ['a run that was started when there were more', {}],
])('%s takes no node that would leave too few', (_, unusual) => {
  expect(claiming(4, unusual)).toMatchObject({ commands: [{ kind: 'ClaimSlot' }] })
  expect(claiming(3, unusual)).toMatchObject({
    commands: [],
    held: {
      reason: 'TooFewHealthy',
      message: 'after this cordon 2 of 10 nodes of general are Ready and schedulable, minHealthy is 3',
    },
  })
})

test('a node that another run has a slot for is as good as missing', () => {
  expect(claiming(4, { promised: 1 })).toMatchObject({ commands: [], held: { reason: 'TooFewHealthy' } })
  expect(claiming(5, { promised: 1 })).toMatchObject({ commands: [{ kind: 'ClaimSlot' }] })
})

test('once it has taken the node, the node is missing already', () => {
  expect(claiming(2, { step: { ...steps.claiming, attempted: true } })).toMatchObject({
    commands: [{ kind: 'ClaimSlot' }],
  })
})
