import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readMappings } from '../../scripts/generate/mappings.ts'
import { readDetectorConfigs } from '../../scripts/generate/matrix.ts'
import { customResourceDefinition } from '../../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../../src/api/crd/definitions.ts'
import { policyKind } from '../../src/api/v1alpha1/node-remediation-policy.ts'
import { validatePolicy } from '../../src/domain/policy/validate-policy.ts'
import { isObject, type JsonObject } from '../../src/kernel/json.ts'
import { compileCrd } from '../../src/sim/api-server/crd/compile-crd.ts'
import { alertsOf, readRuleFiles } from './rule-files.fixture.ts'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'deploy/rules/policies')
const templates = readdirSync(folder)
  .toSorted()
  .flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document): unknown => document.toJS()),
  )
  .filter(isObject)

/** What the kubelet and the control plane write on every node. */
const native = ['Ready', 'NetworkUnavailable', 'MemoryPressure', 'DiskPressure', 'PIDPressure']
const { plugins, logs } = readDetectorConfigs(root)
const detected = [...plugins, ...logs].flatMap(([, { rules }]) => rules.flatMap(({ condition }) => condition ?? []))
const mapped = readMappings(root).flatMap(({ conditions }) => conditions.map(({ type }) => type))
const conditionTypes = new Set([...native, ...detected, ...mapped])
const actionable = new Set(
  readRuleFiles(root)
    .flatMap(alertsOf)
    .filter(({ labels }) => labels['class'] === 'fault' || labels['class'] === 'load')
    .map(({ alert }) => alert),
)

test('there is a template for each kind of pool', () => {
  expect(templates.map(specOf).map(({ name }) => name)).toEqual(['general', 'gpu', 'spot', 'storage'])
})

describe.each(templates.map((template) => ({ name: specOf(template).name, template })))('$name', ({ template }) => {
  const { spec } = specOf(template)

  test('is taken by the API server, with no field that the schema does not know', () => {
    const definition = definitions.find(({ names }) => names.kind === policyKind.kind)
    const compiled = definition && compileCrd(customResourceDefinition(definition))
    if (compiled?.ok !== true) throw new Error('the CRD does not compile')
    const admitted = compiled.value.versions['v1alpha1']?.admit(template, undefined)
    expect(admitted).toMatchObject({ ok: true, unknownFields: [] })
  })

  test('is valid in this version', () => {
    expect(validatePolicy(spec)).toEqual([])
  })

  test('observes', () => {
    expect(spec.mode).toBe('Observe')
  })

  test('asks for conditions that somebody writes, and for alerts that may start a treatment', () => {
    const types = spec.signals.flatMap(({ nodeCondition }) => nodeCondition?.type ?? [])
    const alerts = spec.signals.flatMap(({ alert }) => alert?.name ?? [])
    expect(types.filter((type) => !conditionTypes.has(type))).toEqual([])
    expect(alerts.filter((alert) => !actionable.has(alert))).toEqual([])
  })

  test('uses every signal and every rung', () => {
    const whens = spec.diagnoses.map(({ when }) => when).join(' ')
    const rungs = spec.diagnoses.flatMap(({ treatments }) => treatments)
    expect(spec.signals.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(whens))).toEqual([])
    expect(spec.treatments.filter(({ name }) => !rungs.includes(name))).toEqual([])
  })

  test('asks of Load for a second sign, or for an alert that needs none', () => {
    const single = spec.diagnoses.filter(
      ({ class: kind, when }) => kind === 'Load' && !/&&|memoryNearlyGone/.test(when),
    )
    expect(single).toEqual([])
  })
})

function specOf(template: JsonObject) {
  const { metadata, spec } = policyKind.project(template)
  if (spec === undefined) throw new Error(`${metadata.name} has no spec that can be read`)
  return { name: metadata.name, spec }
}
