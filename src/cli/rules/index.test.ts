import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { prunella } from '../context.fixture.ts'
import { rulesVerb } from './index.ts'

const ruleFiles = [
  {
    path: 'policies/general.yaml',
    text: '# For ordinary nodes. It observes.\napiVersion: prunella.dev/v1alpha1\nkind: NodeRemediationPolicy\nmetadata: {name: general}\n',
  },
  { path: 'prometheus/cpu.yaml', text: '# CPU: utilisation.\ngroups: [{name: cpu, rules: []}]\n' },
  { path: 'prometheus/README.md', text: '# For people\n' },
  {
    path: 'node-problem-detector/plugin/disk-io.json',
    text: '{"conditions": [{"type": "DiskIOSaturated"}], "rules": [{"type": "permanent"}]}',
  },
  { path: 'node-problem-detector/checks/disk-io.sh', text: '#!/bin/sh\n# A disk is busy.\ntrue\n' },
]
const rules = async (...words: readonly string[]) => await prunella(rulesVerb, words, { ruleFiles })

test('each rule has a name, a kind, and what it is about; pages for people are none', async () => {
  expect((await rules('list')).out.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
    'NAME | KIND | ABOUT',
    'node-problem-detector/checks/disk-io | DetectorCheck | A disk is busy.',
    'node-problem-detector/plugin/disk-io | DetectorConfig | condition DiskIOSaturated',
    'policies/general | Policy | For ordinary nodes.',
    'prometheus/cpu | PrometheusRules | CPU: utilisation.',
  ])
  expect((await rules('list', 'policies', '-o', 'name')).out).toBe('policies/general')
})

test('show prints the file as it is', async () => {
  expect((await rules('show', 'prometheus/cpu')).out).toBe('# CPU: utilisation.\ngroups: [{name: cpu, rules: []}]')
})

test('export makes objects of policies and Prometheus rules, and a ConfigMap of each folder of the rest', async () => {
  const { out } = await rules('export', 'policies', 'prometheus', 'node-problem-detector', '-n', 'monitoring')
  const objects = parseAllDocuments(out).map((document): unknown => document.toJS())
  expect(objects).toMatchObject([
    { kind: 'NodeRemediationPolicy', metadata: { name: 'general' } },
    {
      kind: 'PrometheusRule',
      metadata: { name: 'prunella-prometheus-cpu', namespace: 'monitoring' },
      spec: { groups: [{}] },
    },
    {
      kind: 'ConfigMap',
      metadata: { name: 'prunella-node-problem-detector-checks' },
      data: { 'disk-io.sh': ruleFiles[4]?.text },
    },
    { kind: 'ConfigMap', metadata: { name: 'prunella-node-problem-detector-plugin' } },
  ])
})

test('export as ConfigMap keeps the text of every file', async () => {
  const { out } = await rules('export', 'prometheus/cpu', '--as', 'configmap')
  expect(parse(out)).toMatchObject({ kind: 'ConfigMap', data: { 'cpu.yaml': ruleFiles[1]?.text } })
  const list = JSON.parse((await rules('export', 'policies', '-o', 'json')).out)
  expect(list).toMatchObject({ kind: 'List', items: [{ kind: 'NodeRemediationPolicy' }] })
})

test('a name that is not there is told with what was meant', async () => {
  expect(await rules('show', 'cpu')).toMatchObject({
    code: 1,
    err: 'error: there is no rule cpu; did you mean prometheus/cpu?',
  })
  expect((await rules('export', 'prometheus/cpv')).err).toContain('did you mean prometheus/cpu?')
})

test('what has a namespace goes where the operator lives, unless somebody says otherwise', async () => {
  const { out } = await prunella(rulesVerb, ['export', 'prometheus/cpu', '-o', 'json'], { ruleFiles })
  expect(JSON.parse(out)).toMatchObject({ items: [{ metadata: { namespace: 'prunella-system' } }] })
})
