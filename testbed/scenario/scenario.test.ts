import { expect, test } from 'vitest'
import type { Bed } from '../bed.ts'
import { parseTokens, renderTokens } from '../control-plane/identities.ts'
import { kubectlWith } from '../kubectl.ts'
import { layoutOf } from '../layout.ts'
import { playScenario, type Scenario } from './scenario.ts'

const layout = layoutOf({}, { run: '/nowhere' })
const names = [
  'admin',
  'operator',
  'operator-b',
  'controller-manager',
  'scheduler',
  'kwok',
  'karpenter',
  'machines',
] as const
const bed: Bed = {
  tier: 'B',
  layout,
  server: '',
  authorityFile: '',
  tokens: parseTokens(renderTokens(names.map((name) => [name, name]))),
  adminKubeconfig: '',
  operatorKubeconfig: '',
  kubectl: kubectlWith(layout, ''),
  down: () => Promise.resolve(),
}

async function played(play: Scenario['play']): Promise<{ readonly passed: boolean; readonly said: readonly string[] }> {
  const said: string[] = []
  const scenario = { name: 'story', title: 'a story', play }
  const { passed } = await playScenario(scenario, {
    bed,
    varied: { killOperator: false, short: false },
    say: (line) => said.push(line),
  })
  return { passed, said }
}

test('what was arranged is undone in reverse order, also when the story breaks off', async () => {
  const undone: string[] = []
  const { passed, said } = await played(async ({ afterwards }) => {
    afterwards('first', async () => undone.push('first'))
    afterwards('second', async () => undone.push('second'))
    throw new Error('waiting for a node', { cause: new Error('connection refused') })
  })
  expect(undone).toEqual(['second', 'first'])
  expect(passed).toBe(false)
  expect(said).toContain('broke off: waiting for a node')
  expect(said).toContain('broke off: connection refused')
})

test('a bed that is not as it was found is a failure, whatever the story says', async () => {
  const undone: string[] = []
  const { passed, said } = await played(async ({ afterwards }) => {
    afterwards('first', async () => undone.push('first'))
    afterwards('removing the policy', () => Promise.reject(new Error('it is stuck')))
    return [{ sentence: 'it went well', holds: true }]
  })
  expect(said).toContain('as told: a story')
  expect(said).toContain('removing the policy did not work: it is stuck')
  expect(undone).toEqual(['first'])
  expect(passed).toBe(false)
})

test('a story whose checks hold has passed', async () => {
  expect((await played(async () => [{ sentence: 'it went well', holds: true }])).passed).toBe(true)
  expect((await played(async () => [{ sentence: 'it went well', holds: false }])).passed).toBe(false)
})
