import { expect, test } from 'vitest'
import { later } from '../../kernel/time.ts'
import { diagnose } from '../detect/diagnose.ts'
import { nodeWith, noon } from '../detect/evidence.fixture.ts'
import { nodeFactsOf } from '../policy/node-facts.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { type Branch, explainBranches, type SignalKnown } from './branches.ts'
import { ladderParts } from './ladder-parts.fixture.ts'
import { renderBranches } from './render-branches.ts'
import { treeSeen } from './tree-seen.ts'

const condition = (name: string) => ({ name, nodeCondition: { type: name, status: 'True' } })
const names = ['kernelDeadlock', 'kubeletSilent', 'cpuSaturated', 'memoryShort', 'evictionStorm'] as const
const diagnosis = (name: string, when: string, more = {}) => ({
  name,
  class: 'Fault',
  when,
  treatments: ['power-cycle'],
  ...more,
})
const policy = preparedPolicy({
  signals: names.map(condition),
  diagnoses: [
    diagnosis('kernel-hang', 'kernelDeadlock'),
    diagnosis('node-dead', 'kubeletSilent'),
    diagnosis('overloaded', 'cpuSaturated && (memoryShort || evictionStorm)', { class: 'Load' }),
    diagnosis('memory-gone', 'value.memoryShort > 0.98', { class: 'Load' }),
  ],
})
const node = nodeFactsOf(nodeWith())

type Unusual = Partial<Record<(typeof names)[number], Partial<SignalKnown>>>

const known = (unusual: Unusual): readonly SignalKnown[] =>
  names.map((name) => ({ name, state: 'False', ...unusual[name] }))
const explain = (unusual: Unusual, more = {}): readonly Branch[] =>
  explainBranches({ policy, node, signals: known(unusual), ...more })
const outcomes = (branches: readonly Branch[]) => branches.map(({ outcome }) => outcome)
const branch = (branches: readonly Branch[], name: string) => branches.find((one) => one.diagnosis === name)

test('the first that holds is taken, what matches after it stands behind', () => {
  const both = explain({ kernelDeadlock: { state: 'True' }, kubeletSilent: { state: 'True' } })
  expect(outcomes(both)).toEqual(['Taken', 'Behind', 'Unmatched', 'Unmatched'])
})

test('one whose hold still runs lets the next that holds count; where none does, the first is taken', () => {
  const holdUntil = later(noon, 10_000)
  const held = { state: 'True', holdUntil } as const
  expect(outcomes(explain({ kernelDeadlock: held, kubeletSilent: { state: 'True' } })).slice(0, 2)).toEqual([
    'Held',
    'Taken',
  ])
  expect(outcomes(explain({ kernelDeadlock: held })).slice(0, 2)).toEqual(['Taken', 'Unmatched'])
})

test('the smallest change is told: one signal where one is enough, else two', () => {
  const busy = branch(explain({ cpuSaturated: { state: 'True' } }), 'overloaded')
  expect(busy?.changes).toEqual([[{ signal: 'memoryShort', to: 'True' }], [{ signal: 'evictionStorm', to: 'True' }]])
  const idle = branch(explain({}), 'overloaded')
  expect(idle?.changes).toEqual([
    [
      { signal: 'cpuSaturated', to: 'True' },
      { signal: 'memoryShort', to: 'True' },
    ],
    [
      { signal: 'cpuSaturated', to: 'True' },
      { signal: 'evictionStorm', to: 'True' },
    ],
  ])
})

test('of what is taken it tells what would have kept it from that', () => {
  const taken = branch(explain({ cpuSaturated: { state: 'True' }, memoryShort: { state: 'True' } }), 'overloaded')
  expect(taken?.changes).toEqual([[{ signal: 'cpuSaturated', to: 'False' }], [{ signal: 'memoryShort', to: 'False' }]])
})

test('numbers that stand in no object are not guessed; what the operator has found stands', () => {
  const short = { memoryShort: { state: 'True' } } as const
  expect(branch(explain(short), 'memory-gone')).toMatchObject({ outcome: 'Unknown', truth: 'Unknown' })
  expect(branch(explain(short, { taken: 'memory-gone' }), 'memory-gone')).toMatchObject({ outcome: 'Taken' })
  expect(branch(explain(short, { values: { memoryShort: 0.99 } }), 'memory-gone')).toMatchObject({ outcome: 'Taken' })
})

test('it agrees with the diagnosis itself, over every state of every signal', () => {
  const states = ['True', 'False', 'Unknown'] as const
  for (let code = 0; code < 3 ** names.length; code += 1) {
    const state = (index: number) => states[Math.floor(code / 3 ** index) % 3] ?? 'Unknown'
    const unusual = Object.fromEntries(names.map((name, index) => [name, { state: state(index) }]))
    const seen = policy.spec.signals.map((signal, index) => ({
      signal,
      claim: { name: signal.name, state: state(index), reason: undefined, message: '' },
      since: noon,
      leftMs: 0,
      holdUntil: noon,
      changesMs: undefined,
    }))
    const finding = diagnose(policy, seen, node)
    const taken = explain(unusual).find(({ outcome }) => outcome === 'Taken')
    expect(taken?.diagnosis).toBe(finding.kind === 'Matched' ? finding.diagnosis.name : undefined)
  }
})

const golden: Readonly<Record<string, readonly string[]>> = {
  'one branch taken, one behind, one unknown': renderBranches(
    'general-nodes',
    explain({
      kernelDeadlock: { state: 'True' },
      kubeletSilent: { state: 'True' },
      cpuSaturated: { state: 'Unknown', reason: 'SourceUnavailable' },
      memoryShort: { state: 'True' },
    }),
  ),
  'a hold that runs': renderBranches(
    'general-nodes',
    explain({ kernelDeadlock: { state: 'True', holdUntil: later(noon, 10_000) }, kubeletSilent: { state: 'True' } }),
  ),
  'what the objects of a hung node tell': (() => {
    const seen = treeSeen(ladderParts())
    return seen === undefined ? [] : renderBranches(seen.policy.name, explainBranches(seen))
  })(),
  'a node of which the operator says nothing': (() => {
    const seen = treeSeen(ladderParts({}, { health: undefined, node: nodeWith() }))
    return seen === undefined ? [] : renderBranches(seen.policy.name, explainBranches(seen))
  })(),
}

test('the tree reads as its golden file', async () => {
  const text = Object.entries(golden).map(([title, lines]) => `# ${title}\n${lines.join('\n')}\n`)
  expect(
    text
      .join('\n')
      .split('\n')
      .every((line) => line.length <= 120),
  ).toBe(true)
  await expect(text.join('\n')).toMatchFileSnapshot('fixtures/branches.golden.txt')
})
