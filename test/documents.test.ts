import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { customResourceDefinition } from '../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../src/api/crd/definitions.ts'
import { evidenceFileSchema } from '../src/api/evidence-file.ts'
import { startGates, treatGates } from '../src/api/gates.ts'
import { policyKind } from '../src/api/v1alpha1/node-remediation-policy.ts'
import { signalSources } from '../src/api/v1alpha1/signal-sources.ts'
import { playCase } from '../src/domain/evidence/play-case.ts'
import { preparePolicy } from '../src/domain/policy/prepared-policy.ts'
import { validatePolicy } from '../src/domain/policy/validate-policy.ts'
import { isObject, type JsonObject, textAt } from '../src/kernel/json.ts'
import { compileCrd } from '../src/sim/api-server/crd/compile-crd.ts'

const root = join(import.meta.dirname, '..')
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
const pages = [
  'README.md',
  'docs/architecture.md',
  'docs/style.md',
  'docs/safety.md',
  'docs/track-record.md',
  'docs/runs.md',
  'docs/episodes.md',
  'docs/install.md',
  'deploy/chart/prunella/README.md',
  ...readdirSync(join(root, 'docs/signals')).map((name) => `docs/signals/${name}`),
  ...readdirSync(join(root, 'docs/diagnoses')).map((name) => `docs/diagnoses/${name}`),
  ...readdirSync(join(root, 'docs/adr')).map((name) => `docs/adr/${name}`),
]

const isPath = (word: string): boolean => /^(src|test|testbed|scripts|deploy|docs)\/[\w./-]*[\w-]$/.test(word)

test.each(pages)('what %s refers to is there', (page) => {
  const text = textOf(page)
  const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) =>
    posix.join(posix.dirname(page), link),
  )
  const words = [...text.matchAll(/`([^`\n]+)`/g)].map(([, word = '']) => word).filter(isPath)
  expect([...links, ...words].filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test.each(pages)('every `npm run` and `make` of %s is known', (page) => {
  const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
  const targets = new Set([...textOf('Makefile').matchAll(/^([a-z]+):/gm)].map(([, target]) => target))
  const code = [...textOf(page).matchAll(/`[^`\n]+`|```sh\n[\s\S]*?```/g)].map(([match]) => match).join('\n')
  const ran = [...code.matchAll(/\bnpm run ([\w:]+)/g)].map(([, name = '']) => name)
  const made = [...code.matchAll(/(?<=`|\n)make ([a-z]+)/g)].map(([, name = '']) => name)
  expect(ran.filter((name) => scripts[name] === undefined)).toEqual([])
  expect(made.filter((name) => !targets.has(name))).toEqual([])
})

const manifestsOf = (page: string): readonly JsonObject[] =>
  [...textOf(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']): unknown => parse(text)).filter(isObject)

const manifests = manifestsOf('README.md')

test.each(manifests)('the API server takes the $kind of the README', (manifest: JsonObject) => {
  const definition = definitions.find(({ names }) => names.kind === textAt(manifest, 'kind'))
  if (definition === undefined) throw new Error('it is no kind of ours')
  const compiled = compileCrd(customResourceDefinition(definition))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.causes))
  const admitted = compiled.value.versions['v1alpha1']?.admit(manifest, undefined)
  expect(admitted).toMatchObject({ ok: true, unknownFields: [] })
})

test('the policy of the README is valid in this version', () => {
  const policies = manifests.filter(({ kind }) => kind === policyKind.kind).map(policyKind.project)
  expect(policies).toHaveLength(1)
  for (const { spec } of policies) expect(spec && validatePolicy(spec)).toEqual([])
})

test('the README lists the seven kinds by their short names, and counts the gates', () => {
  const listed = [...textOf('README.md').matchAll(/^\| `(\w+)` \| `(\w+)` \|/gm)].map(([, kind, short]) => [
    kind,
    short,
  ])
  expect(new Map(listed.map(([kind, short]) => [kind, short]))).toEqual(
    new Map(definitions.map(({ names, shortNames }) => [names.kind, shortNames[0]])),
  )
  expect([startGates.length, treatGates.length]).toEqual([19, 10])
})

describe('the page about adding a signal', () => {
  const page = 'docs/signals/adding-a-signal.md'

  test('has ten lines that are a policy, of which its evidence expects what is said', () => {
    const [manifest = {}, evidence] = manifestsOf(page)
    const policy = preparePolicy(policyKind.project(manifest))
    if (policy === undefined) throw new Error('it is no policy')
    expect(policy.issues).toEqual([])
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(textOf(page)) ?? []
    const [, lines = ''] = /(^ {2}signals:[\s\S]*)/m.exec(yaml) ?? []
    expect(lines.split('\n').filter((line) => /^ {4}/.test(line))).toHaveLength(10)
    const verdicts = evidenceFileSchema.parse(evidence).cases.flatMap((one) => playCase([policy], one))
    expect(verdicts).toHaveLength(3)
    expect(verdicts.flatMap(({ differences }) => differences)).toEqual([])
  })

  test('names every source', () => {
    const named = [...textOf(page).matchAll(/^\|[^|]*\| `(\w+)` \|/gm)].map(([, source]) => source)
    expect(new Set(named)).toEqual(new Set(signalSources))
  })
})
