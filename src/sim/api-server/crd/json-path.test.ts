import { expect, test } from 'vitest'
import { parseJsonPath } from './json-path.ts'

const object = {
  spec: {
    a: 1,
    'x.y': 2,
    list: [
      { name: 'one', n: 1 },
      { name: 'two', n: 2 },
    ],
    deep: { flag: false },
  },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Held', status: 'False' },
    ],
  },
}

test.each([
  ['.spec.a', [1]],
  ['.spec.missing.more', []],
  [".spec['x.y']", [2]],
  ['.spec.x\\.y', [2]],
  ['.spec.list[0].name', ['one']],
  ['.spec.list[-1].name', ['two']],
  ['.spec.list[9]', []],
  ['.spec.list[*].n', [1, 2]],
  ['.spec.deep.flag', [false]],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  ['.status.conditions[?(@.type != "Ready")].type', ['Held']],
  ['.spec.list[?(@.n>1)].name', ['two']],
  ['.spec.list[?(@.n)].name', ['one', 'two']],
])('%s selects %j', (path, found) => {
  const parsed = parseJsonPath(path)
  expect(parsed.ok ? parsed.select(object) : parsed.error).toEqual(found)
})

test.each(['.spec.list[', '.a b', '.spec.list[?(@.n~1)]'])('%s is no path', (path) => {
  expect(parseJsonPath(path).ok).toBe(false)
})
