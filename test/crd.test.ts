import { describe, expect, test } from 'vitest'
import { customResourceDefinition } from '../src/api/crd/custom-resource-definition.ts'
import type { Definition } from '../src/api/crd/definition.ts'
import { definitions } from '../src/api/crd/definitions.ts'
import { defaultGuard, emptyLedger } from '../src/api/initial-objects.ts'
import { type Json, type JsonObject, textAt } from '../src/kernel/json.ts'
import { compileCrd } from '../src/sim/api-server/crd/compile-crd.ts'
import type { CompiledVersion } from '../src/sim/api-server/crd/compiled-crd.ts'
import { withAt } from './fixtures/bad-example.ts'
import { badExamples } from './fixtures/bad-examples.ts'
import { deployExamples } from './fixtures/deploy-examples.ts'
import { goodExamples } from './fixtures/good-examples.ts'

/** What `test/contract/cases/own-kinds.contract.ts` asks of a server, asked of its schemas alone: in milliseconds. */
const compiled: ReadonlyMap<string, CompiledVersion> = new Map(definitions.map((one) => [one.names.kind, compile(one)]))

function compile(definition: Definition): CompiledVersion {
  const outcome = compileCrd(customResourceDefinition(definition))
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.causes))
  const version = outcome.value.versions['v1alpha1']
  if (version === undefined) throw new Error('v1alpha1 is not there')
  return version
}

function versionOf(object: JsonObject): CompiledVersion {
  const kind = textAt(object, 'kind') ?? ''
  const version = compiled.get(kind)
  if (version === undefined) throw new Error(`${kind} is no kind of ours`)
  return version
}

describe.each([...goodExamples, ...deployExamples, defaultGuard, emptyLedger])('$kind $metadata.name', (example) => {
  test('is admitted, with no field that the schema does not know', () => {
    expect(versionOf(example).admit(example, undefined)).toMatchObject({ ok: true, unknownFields: [] })
  })

  test('is read by the operator exactly as the API server stores it', () => {
    const { object } = versionOf(example).decode(example)
    const definition = definitions.find(({ names }) => names.kind === example['kind'])
    expect({
      spec: definition?.spec.parse(example['spec']),
      status: example['status'] && definition?.status?.schema.parse(example['status']),
    }).toEqual({ spec: object['spec'], status: object['status'] })
  })
})

test('there are at least 60 bad examples, and no two of one name', () => {
  const names = badExamples.map(({ kind, name }) => `${kind}: ${name}`)
  expect(names.length).toBeGreaterThanOrEqual(60)
  expect(new Set(names).size).toBe(names.length)
})

test.each(badExamples)('$kind refuses $name', ({ manifest, old, expectedMessage }) => {
  const outcome = versionOf(manifest).admit(manifest, old)
  const said = outcome.ok ? 'nothing' : outcome.causes.map(({ field, message }) => `${field}: ${message}`).join(', ')
  expect(said).toContain(expectedMessage)
})

/** Values at the edges of types: whole numbers as doubles, characters of two UTF-16 units, nothing. */
const edges: readonly Json[] = [
  null,
  true,
  0,
  1,
  -1,
  1.5,
  2 ** 53,
  2 ** 63,
  '',
  '0%',
  '1',
  '😀'.repeat(60),
  '😀'.repeat(500),
  [],
  [null],
  {},
  { '': '' },
]

function* placesIn(value: Json | undefined, path: string): Generator<string> {
  yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) if (!key.includes('.')) yield* placesIn(member, `${path}.${key}`)
}

const isReadable = (definition: Definition | undefined, object: JsonObject): boolean =>
  definition?.spec.safeParse(object['spec']).success === true &&
  (object['status'] === undefined || definition.status?.schema.safeParse(object['status']).success === true)

test.each(goodExamples)('$kind: what the API server lets in at any place, the operator can read', (example) => {
  const definition = definitions.find(({ names }) => names.kind === example['kind'])
  const places = [...placesIn(example['spec'], 'spec'), ...placesIn(example['status'], 'status')]
  const spoilt = places.flatMap((place) => edges.map((edge) => ({ place, edge, object: withAt(example, place, edge) })))
  const unreadable = spoilt.filter(({ object }) => {
    const outcome = versionOf(object).admit(object, undefined)
    return outcome.ok && !isReadable(definition, outcome.object)
  })
  expect(unreadable.map(({ place, edge }) => `${place} = ${JSON.stringify(edge)}`)).toEqual([])
})
