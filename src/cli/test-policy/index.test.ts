import { expect, test } from 'vitest'
import { prunella } from '../context.fixture.ts'
import { testPolicyVerb } from './index.ts'

const policy = `
apiVersion: prunella.dev/v1alpha1
kind: NodeRemediationPolicy
metadata: {name: general}
spec:
  nodeSelector: {matchLabels: {remediable: "true"}}
  signals: [{name: hung, nodeCondition: {type: KernelDeadlock, status: "True"}}]
  diagnoses: [{name: kernel-hang, class: Fault, when: hung, treatments: [reboot]}]
  treatments: [{name: reboot, reboot: {}}]
`
const evidence = (script: string) => `
apiVersion: prunella.dev/cli/v1
kind: Evidence
cases:
  - name: a hung kernel
    script: ${script}
`
const hung = '[{at: 0, conditions: [{type: KernelDeadlock, status: "True"}], expect: {diagnosis: kernel-hang}}]'
const testPolicy = async (given: string, { policies = policy, words = [] as readonly string[] } = {}) =>
  await prunella(testPolicyVerb, ['-f', 'policy.yaml', '--given', 'given.yaml', ...words], {
    files: { 'policy.yaml': policies, 'given.yaml': given },
  })

test('a table of verdicts, all as expected', async () => {
  expect(await testPolicy(evidence(hung))).toEqual({
    code: 0,
    err: '',
    out: `CASE            AT   EXPECTED      DIAGNOSIS     GATE          OK
a hung kernel   0s   kernel-hang   kernel-hang   ObserveMode   yes

1 verdict, all as expected`,
  })
})

test('what is not as expected says so and ends with 1', async () => {
  const { code, out } = await testPolicy(evidence('[{at: 60, expect: {diagnosis: kernel-hang, gate: ObserveMode}}]'))
  expect(code).toBe(1)
  expect(out).toContain('NO')
  expect(out).toContain(
    'a hung kernel, at 60s: the diagnosis is None, not kernel-hang; the gate is NoDiagnosis, not ObserveMode',
  )
})

test('machines read the same', async () => {
  const { out } = await testPolicy(evidence(hung), { words: ['-o', 'json'] })
  expect(JSON.parse(out)).toMatchObject({
    items: [{ diagnosis: 'kernel-hang', signals: { hung: 'True' }, differences: [] }],
  })
})

test.each([
  ['[{at: 0}]', 'cases[0].script: must `expect` something at one moment at least'],
  ['[{at: 9, expect: {}}, {at: 3}]', 'cases[0].script[1].at: must not go back in time'],
  ['[{at: 0, conditons: [], expect: {}}]', 'cases[0].script[0]: Unrecognized key: "conditons"'],
  ['[{at: 0, expect: {signals: {hung: Maybe}}}]', 'cases[0].script[0].expect.signals.hung: Invalid option'],
])('evidence that makes no sense is told by its field: %s', async (script, because) => {
  expect(await testPolicy(evidence(script))).toMatchObject({ code: 2, err: expect.stringContaining(because) })
})

test.each([
  ['apiVersion: v1\nkind: ConfigMap\n', 'there is no NodeRemediationPolicy in it'],
  [policy.replace('when: hung', 'when: hang'), "spec.diagnoses[0].when `hang` names 'hang'"],
  [policy.replace('signals:', 'signal:'), 'general: spec.signals'],
])('a policy that does nothing passes no test: %#', async (policies, because) => {
  expect(await testPolicy(evidence(hung), { policies })).toMatchObject({
    code: 2,
    err: expect.stringContaining(because),
  })
})
