import { expect, test } from 'vitest'
import { type JsonObject, textAt } from '../../kernel/json.ts'
import { prunella } from '../context.fixture.ts'
import { lintVerb } from './index.ts'

const policy = (name: string, type = 'KernelDeadlock') => `
apiVersion: prunella.dev/v1alpha1
kind: NodeRemediationPolicy
metadata: {name: ${name}}
spec:
  nodeSelector: {matchLabels: {remediable: "true"}}
  signals: [{name: hung, nodeCondition: {type: ${type}, status: "True"}}]
  diagnoses: [{name: kernel-hang, class: Fault, when: hung, treatments: [reboot]}]
  treatments: [{name: reboot, reboot: {}}]
`
const foreign = '\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n'

/** The real one stands in main, over the embedded API server. */
const admit = (object: JsonObject) =>
  textAt(object, 'apiVersion') === 'prunella.dev/v1alpha1' && textAt(object, 'kind') === 'NodeRemediationPolicy'
    ? {
        object,
        problems:
          textAt(object, 'metadata', 'name') === 'refused' ? [{ path: 'spec.mode', message: 'Unsupported value' }] : [],
        unknownFields: [],
      }
    : undefined
const lint = async (text: string, ...words: readonly string[]) =>
  await prunella(lintVerb, ['-f', 'file.yaml', ...words], { files: { 'file.yaml': text }, admit })

test('nothing found is done', async () => {
  expect(await lint(`${policy('one')}---${foreign}---${policy('two')}`)).toEqual({
    code: 0,
    out: '2 objects, nothing found',
    err: '',
  })
})

test('each document says what is wrong with it, by field and rule', async () => {
  const { code, out } = await lint(`${policy('one', 'KernelDeadlok')}---${policy('refused')}`)
  expect(code).toBe(1)
  expect(out).toBe(`file.yaml  NodeRemediationPolicy/one
  Warning  spec.signals[0].nodeCondition.type: nobody is known to write the condition 'KernelDeadlok'; did you mean
           'KernelDeadlock'? [unknown-condition]

file.yaml  NodeRemediationPolicy/refused
  Error    spec.mode: Unsupported value [schema]

2 objects, 1 error, 1 warning`)
})

test('a narrow terminal wraps earlier, and a colour is never the only sign', async () => {
  const { out } = await prunella(lintVerb, ['-f', 'file.yaml'], {
    files: { 'file.yaml': policy('one', 'KernelDeadlok') },
    admit,
    terminal: { columns: 80, colours: true },
  })
  expect(out).toContain('\u001B[33mWarning\u001B[0m')
  const plain = out.replaceAll('\u001B[33m', '').replaceAll('\u001B[0m', '')
  expect(plain.split('\n').every((line) => line.length <= 80)).toBe(true)
})

test.each([
  [
    ['NodeRemediationPolicy', 'NodeRemedationPolicy'],
    "kind: there is no 'NodeRemedationPolicy'; did you mean 'NodeRemediationPolicy'?",
  ],
  [['kind: NodeRemediationPolicy', 'kind: Policy'], "kind: there is no 'Policy'; must be one of DisruptionLedger,"],
  [['v1alpha1', 'v1beta1'], "apiVersion: must be 'prunella.dev/v1alpha1'"],
] as const)('an object of ours that this version does not know is no foreign one: %j', async ([was, is], said) => {
  const { code, out } = await lint(`${policy('one')}---${policy('two').replace(was, is)}`)
  expect(code).toBe(1)
  expect(out.replaceAll(/\n +/g, ' ')).toContain(said)
})

test('a rule can be passed over', async () => {
  expect((await lint(policy('one', 'KernelDeadlok'), '--ignore', 'unknown-condition')).code).toBe(0)
})

test('machines read the same', async () => {
  const { out } = await lint(policy('one', 'KernelDeadlok'), '-o', 'json')
  expect(JSON.parse(out)).toMatchObject({
    kind: 'LintReport',
    documents: [
      { object: 'NodeRemediationPolicy/one', findings: [{ severity: 'Warning', rule: 'unknown-condition' }] },
    ],
  })
})

test.each([
  ['a: [\n', 1, 'Error'],
  ['a: *b\n', 1, 'Unresolved alias'],
  ['- a\n', 1, 'a document must be an object, and one is a list'],
  [foreign, 2, ''],
])('what is no policy is told: %j', async (text, code, said) => {
  const answer = await lint(text)
  expect(answer.code).toBe(code)
  expect(answer.out).toContain(said)
})

test('a file that is not there is a usage error', async () => {
  expect(await prunella(lintVerb, ['-f', 'none.yaml'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('ENOENT'),
  })
})
