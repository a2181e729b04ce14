import { expect, test } from 'vitest'
import { type StepName, stepNames } from '../../api/v1alpha1/node-remediation.ts'
import { transitions } from './transitions.ts'

function reachable(from: StepName): ReadonlySet<StepName> {
  const seen = new Set<StepName>([from])
  for (const step of seen) for (const next of transitions[step]) seen.add(next)
  return seen
}

test('every step is reached from the first', () => {
  expect([...reachable('Approving')].toSorted()).toEqual([...stepNames].toSorted())
})

test('every step can end, and the end is absorbing', () => {
  for (const step of stepNames) expect(reachable(step)).toContain('Done')
  expect(transitions.Done).toEqual([])
})

test('whatever has a node cordoned leaves through Releasing', () => {
  const intoDone = stepNames.filter((step) => transitions[step].includes('Done'))
  expect(intoDone).toEqual(['Releasing'])
})
