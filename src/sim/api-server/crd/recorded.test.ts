import { expect, test } from 'vitest'
import { at, isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { compileCrd } from './compile-crd.ts'
import type { CompiledVersion } from './compiled-crd.ts'
import { crdOf, customResource } from './fixtures/crd.fixture.ts'
import { crdCases } from './fixtures/crd-cases.ts'
import recorded from './fixtures/recorded.json' with { type: 'json' }
import { schemaCases, statusCases, statusSchema } from './fixtures/validation-cases.ts'

/** What scripts/record-validation.ts wrote down of a real kube-apiserver. */
const answers: JsonObject = recorded.objects
const crdAnswers: JsonObject = recorded.crds
const statusAnswers: JsonObject = recorded.statuses

/** The real server walks Go's maps, so the order of its causes says nothing. */
const linesOf = (causes: readonly unknown[]): readonly string[] =>
  causes
    .map((cause) => `${textAt(cause, 'field')}: ${textAt(cause, 'message')} (${textAt(cause, 'reason')})`)
    .toSorted()

function versionOf(name: string, spec: JsonObject, more: JsonObject = {}): CompiledVersion {
  const compiled = compileCrd(crdOf(name, spec, more))
  const version = compiled.ok ? compiled.value.versions['v1'] : undefined
  if (version === undefined) throw new Error(JSON.stringify(compiled))
  return version
}

for (const { name, spec, cases } of schemaCases) {
  const version = versionOf(name, spec)
  test.each(cases.map((one) => [one.title, one] as const))(`${name}: %s`, (title, one) => {
    const answer = answers[`${name}: ${title}`]
    const before = one.before === undefined ? undefined : version.decode(customResource(name, 'x', one.before)).object
    const admitted = version.admit(customResource(name, 'x', one.spec), before)
    const said = admitted.ok ? at(admitted.object, 'spec') : linesOf(admitted.causes)
    expect(said).toEqual(isObject(at(answer, 'spec')) ? at(answer, 'spec') : linesOf(listAt(answer, 'causes')))

    const strict = textAt(answers, `${name}: ${title} (strict)`)
    const unknown = admitted.unknownFields.map((field) => `unknown field "${field}"`).join(', ')
    expect(unknown).toBe(strict?.replace(/^.*strict decoding error: /, '') ?? '')
  })
}

const statusVersion = versionOf(
  'reports',
  {},
  {
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' }, status: statusSchema } } },
    subresources: { status: {} },
  },
)

test.each(statusCases.map((one) => [one.title, one] as const))('status: %s', (title, { status }) => {
  const answer = statusAnswers[title]
  const old = customResource('reports', 'x', {})
  const admitted = statusVersion.admit({ ...old, status }, old, { subresource: 'status' })
  const said = admitted.ok ? at(admitted.object, 'status') : linesOf(admitted.causes)
  expect(said).toEqual(at(answer, 'status') ?? linesOf(listAt(answer, 'causes')))
})

/** A type name of the day, and the parser's own words for what it cannot read. */
const withoutChance = (line: string): string => line.replaceAll(/(selfType\d+|object)(\.[\w@]+)*/g, 'object')

test.each(crdCases.map(({ title, crd }) => [title, crd] as const))('CRD: %s', (title, crd) => {
  const compiled = compileCrd(crd)
  const said = compiled.ok ? [] : linesOf(compiled.causes)
  expect(said).toEqual(linesOf(listAt(crdAnswers[title], 'causes')).map(withoutChance))
})
