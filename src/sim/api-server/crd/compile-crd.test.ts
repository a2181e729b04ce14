import { expect, test } from 'vitest'
import { compileCrd } from './compile-crd.ts'
import { crdOf } from './fixtures/crd.fixture.ts'

const spec = {
  type: 'object',
  properties: { mode: { type: 'string' }, count: { type: 'integer' }, on: { type: 'boolean' } },
}

test('names, scope and versions are read, and what is missing is filled in', () => {
  const given = crdOf('things', spec, { deprecated: true, subresources: { status: {} } })
  const compiled = compileCrd({
    ...given,
    spec: { ...Object(given['spec']), names: { plural: 'things', kind: 'Thing' } },
  })
  expect(compiled.ok && compiled.value).toMatchObject({
    group: 'edge.example.com',
    kind: 'Thing',
    listKind: 'ThingList',
    singular: 'thing',
    namespaced: false,
    storageVersion: 'v1',
    versions: {
      v1: { served: true, storage: true, hasStatus: true, deprecation: 'edge.example.com/v1 Thing is deprecated' },
    },
  })
})

test('selectable fields are text, whatever the type', () => {
  const selectableFields = ['.spec.mode', '.spec.count', '.spec.on'].map((jsonPath) => ({ jsonPath }))
  const compiled = compileCrd(crdOf('things', spec, { selectableFields }))
  const fields = compiled.ok ? (compiled.value.versions['v1']?.selectableFields ?? []) : []
  expect(fields.map(({ path, valueOf }) => [path, valueOf({ spec: { count: 3, on: false } })])).toEqual([
    ['spec.mode', ''],
    ['spec.count', '3'],
    ['spec.on', 'false'],
  ])
})

test.each([
  ["quantity('1Gi').isGreaterThan(quantity('1Mi'))", "undeclared reference to 'quantity'"],
  ['oldSelf.mode.hasValue()', 'selection from an optional value is not served here'],
  ["self.mode.format('x')", "undeclared reference to 'format'"],
])('what this server cannot evaluate it refuses, before any object comes: %s', (rule, said) => {
  const rules = [{ rule, optionalOldSelf: rule.includes('oldSelf') }]
  const compiled = compileCrd(crdOf('things', { ...spec, 'x-kubernetes-validations': rules }))
  expect(compiled.ok ? 'accepted' : compiled.causes.map(({ message }) => message).join()).toContain(said)
})

test('the same CRD is compiled once', () => {
  const [first, second] = [compileCrd(crdOf('things', spec)), compileCrd(crdOf('things', spec))]
  expect(first).toBe(second)
})
