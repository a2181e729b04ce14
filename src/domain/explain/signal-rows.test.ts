import { expect, test } from 'vitest'
import { nodeWith, noon } from '../detect/evidence.fixture.ts'
import { policyObject } from '../policy/prepared-policy.fixture.ts'
import { ladderParts } from './ladder-parts.fixture.ts'
import { signalRows } from './signal-rows.ts'

const silent = { name: 'silent', nodeCondition: { type: 'Ready', status: 'Unknown' } }
const storm = { name: 'storm', evictionStorm: { evictions: 10, windowSeconds: 300 } }
const hung = { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } }
const general = policyObject({ signals: [hung, silent] })
const other = policyObject(
  {
    priority: -1,
    mode: 'Observe',
    signals: [storm],
    diagnoses: [{ name: 'storming', class: 'Load', when: 'rate.storm > 1', treatments: ['power-cycle'] }],
  },
  { name: 'other' },
)
const { node, health } = ladderParts()

test('what the operator wrote stands; what it left out is False', () => {
  const rows = signalRows({ node, policies: [general], health })
  expect(rows.map(({ name, state }) => [name, state])).toEqual([
    ['kernelDeadlock', 'True'],
    ['silent', 'False'],
  ])
  expect(rows[0]).toMatchObject({
    since: noon,
    source: 'condition KernelDeadlock=True',
    heartbeatAt: noon,
    diagnoses: ['kernel-hang'],
    value: 'NotMeasured',
  })
  expect(rows[1]?.diagnoses).toEqual([])
})

test('without a NodeHealth nothing is True, and more is not known from outside', () => {
  const rows = signalRows({ node: nodeWith(), policies: [general], health: undefined })
  expect(rows.map(({ state }) => state)).toEqual(['NotTrue', 'NotTrue'])
})

test('of a policy that does not answer for the node nothing is told, and its signals come last', () => {
  const rows = signalRows({ node, policies: [other, general], health })
  expect(rows.map(({ policyName, state }) => [policyName, state])).toEqual([
    ['general-nodes', 'True'],
    ['general-nodes', 'False'],
    ['other', 'NotTold'],
  ])
  expect(rows[2]).toMatchObject({ value: 'NotTold', diagnoses: ['storming'], heartbeatAt: undefined })
})

test('of a node that was made anew under the old name nothing is believed', () => {
  const anew = nodeWith([], { uid: 'another' })
  expect(signalRows({ node: anew, policies: [general], health })[0]?.state).toBe('NotTrue')
})

test('a policy that selects other nodes is left out', () => {
  expect(signalRows({ node: nodeWith([], { labels: {} }), policies: [general], health: undefined })).toEqual([])
})
