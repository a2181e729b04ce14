import { expect, test } from 'vitest'
import { ladderOf } from './ladder-of.ts'
import { policySpec } from './prepared-policy.fixture.ts'

const signal = (name: string) => ({ name, nodeCondition: { type: 'KernelDeadlock', status: 'True' } })
const ladder = (when: string) =>
  ladderOf(
    policySpec({
      signals: [signal('hung'), signal('hot'), { name: 'short', query: { expr: 'a', below: 1 } }],
      diagnoses: [{ name: 'd', class: 'Fault', when, treatments: ['power-cycle'] }],
    }),
    'd',
  )

test.each([
  ['hung && !hot', ['hung', 'hot']],
  ['hung && value.short < 0.5', ['hung', 'short']],
  ['hung && node.labels["hot"] == "short"', ['hung']],
  ['hung &&', []],
])('a run for `%s` rests on the signals that it reads, and on no word that is spelt like one', (when, names) => {
  expect(ladder(when).signals.map(({ name }) => name)).toEqual(names)
})

test('the rungs come in the order of the diagnosis, and one that there is not is none', () => {
  const treatments = [
    { name: 'power-cycle', powerCycle: {} },
    { name: 'reboot', reboot: {} },
  ]
  const diagnoses = [
    { name: 'd', class: 'Fault', when: 'kernelDeadlock', treatments: ['reboot', 'missing', 'power-cycle'] },
  ]
  const { treatments: rungs } = ladderOf(policySpec({ treatments, diagnoses }), 'd')
  expect(rungs.map(({ name }) => name)).toEqual(['reboot', 'power-cycle'])
})
