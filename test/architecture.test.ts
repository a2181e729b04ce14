import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { offences } from '../scripts/tidy.ts'
import { stepNames } from '../src/api/v1alpha1/node-remediation.ts'
import { transitions } from '../src/domain/remediation/transitions.ts'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

const quoted = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)
const sorted = (words: Iterable<string>): readonly string[] => [...words].toSorted()

test('the state diagram shows the transitions of the code, and no others', () => {
  const drawn = [...page.matchAll(/^ {2}(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} to ${to}`)
  const coded = stepNames.flatMap((from) => transitions[from].map((to) => `${from} to ${to}`))
  expect(sorted(drawn)).toEqual(sorted(coded))
})

const section = (title: string): string => page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? ''

const layers = new Map(
  [...section('Layers').matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, layer = '', allowed = '']) => [
    layer,
    quoted(allowed),
  ]),
)

test('the table of layers names the folders of src', () => {
  expect(sorted(layers.keys())).toEqual(sorted(readdirSync(join(root, 'src'))))
})

test('tidy allows the imports of the table, and no others', () => {
  const allows = (from: string, to: string): boolean => {
    const text = `import { b } from '../../${to}/there/b.ts'`
    return !offences(new Map([[`src/${from}/here/a.ts`, text]])).some((offence) => offence.includes('may not import'))
  }
  for (const [from, allowed] of layers) {
    const others = [...layers.keys()].filter((to) => to !== from)
    expect([from, others.filter((to) => allows(from, to))]).toEqual([from, others.filter((to) => allowed.includes(to))])
  }
})

test('every folder within a layer has its line', () => {
  const named = new Set(quoted(page))
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => posix.join(entry.parentPath.slice(root.length + 1), entry.name))
    .filter((path) => path.split('/').length === 3)
  expect(folders.filter((path) => !named.has(path))).toEqual([])
})
