import { expect, test } from 'vitest'
import { offences } from './tidy.ts'

const judge = (path: string, text: string): readonly string[] => offences(new Map([[path, text]]))

test('a decision that imports a port is found', () => {
  const found = judge('src/domain/remediation/gates.ts', "import type { Clock } from '../../ports/clock.ts'")
  expect(found).toEqual(['src/domain/remediation/gates.ts: domain may not import src/ports/clock.ts'])
})

test('a controller that imports its neighbour is found, and what stands above both is not', () => {
  const [found] = judge('src/controllers/triage/act.ts', "import { act } from '../remediation/act.ts'")
  expect(found).toMatch(/may not import its neighbour src\/controllers\/remediation\/act\.ts/)
  expect(judge('src/controllers/triage/act.ts', "import { readLedger } from '../read-ledger.ts'")).toEqual([])
})

test('folders of the domain form one direction', () => {
  expect(judge('src/domain/remediation/a.ts', "import { b } from '../budget/b.ts'")).toEqual([])
  expect(judge('src/domain/budget/a.ts', "import { b } from '../remediation/b.ts'")).toHaveLength(1)
})

test('a folder that is in no layer, and a name that says nothing, are found', () => {
  expect(judge('src/toys/strings.ts', '')).toEqual(['src/toys/strings.ts: belongs to no layer'])
  expect(judge('src/kernel/utils.ts', '')).toEqual(['src/kernel/utils.ts: a name that says nothing'])
})

test('a test bed that looks with the client of the judged is found', () => {
  expect(judge('testbed/bed.ts', "import { clusterOver } from '../src/runtime/client.ts'")).toHaveLength(1)
  expect(judge('testbed/bed.ts', "import { seconds } from '../src/kernel/time.ts'")).toEqual([])
})

test('a look at the wall clock is found, and the answer names the way to go', () => {
  const [found] = judge('src/runtime/worker.ts', 'const startedAt = Date.now()')
  expect(found).toMatch(/banned, use Clock$/)
  expect(judge('src/adapters/system/clock.ts', 'const startedAt = Date.now()')).toEqual([])
})

test('a file that is too long and a line that is too wide are found', () => {
  expect(judge('src/kernel/long.ts', '\n'.repeat(401))[0]).toMatch(/more than 400 lines/)
  expect(judge('src/kernel/wide.ts', 'x'.repeat(141))[0]).toMatch(/wide\.ts:1: is wider/)
})

test('a decision without its exhaustive test is found', () => {
  expect(judge('src/domain/remediation/decide.ts', '')[0]).toMatch(/no decide\.exhaustive\.test\.ts/)
})

test('what keeps to the rules is left in peace', () => {
  expect(judge('src/runtime/worker.ts', "import type { Clock } from '../ports/clock.ts'\nclock.now()")).toEqual([])
})
