import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startGates, treatGates } from '../src/api/gates.ts'
import { reasons } from '../src/api/reasons.ts'
import { eventReasons } from '../src/domain/remediation/decision.ts'

const source = join(import.meta.dirname, '../src')
const known = new Set(reasons.map(({ reason }) => reason))
/** A gate that passes has its own name for a reason, or says that a person's run need not be asked. */
const passing = new Set<string>([...startGates, ...treatGates, 'Manual'])

/** What `pdb check` finds holds nobody: docs/runs.md explains its words. */
const findings = 'domain/surroundings/budget-findings.ts'

const files = ['domain', 'controllers'].flatMap((layer) =>
  readdirSync(join(source, layer), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path))
    .map((path) => `${layer}/${path}`)
    .filter((path) => path !== findings),
)

/** The reason of a refusal by the API server is the API server's own word. */
const given = files.flatMap((file) =>
  [...readFileSync(join(source, file), 'utf8').matchAll(/(?<!status: \d+, )reason: '(\w+)'/g)].map(([, word = '']) => ({
    file,
    word,
  })),
)

test.each(given)('$file gives $word, which has its page', ({ word }) => {
  expect(known.has(word) || passing.has(word)).toBe(true)
})

test('every event of a run has its page', () => {
  expect(eventReasons.filter((word) => !known.has(word))).toEqual([])
})
