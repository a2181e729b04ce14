import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { generatedFiles } from './generate/files.ts'
import { staleFiles, writeFiles } from './generate.ts'

const root = join(import.meta.dirname, '..')
const fresh = generatedFiles(root)

test('what is committed is what `npm run generate` writes', () => {
  expect(staleFiles(root, fresh)).toEqual([])
})

test('two generations are the same', () => {
  expect([...generatedFiles(root)]).toEqual([...fresh])
})

const copy = mkdtempSync(join(tmpdir(), 'generate-'))
afterAll(() => rmSync(copy, { recursive: true }))

test('notices what is missing, what was edited and what is left over, and mends it', () => {
  writeFiles(copy, fresh)
  expect(staleFiles(copy, fresh)).toEqual([])

  rmSync(join(copy, 'deploy/rbac/actor.yaml'))
  writeFileSync(join(copy, 'docs/reasons.md'), 'edited')
  mkdirSync(join(copy, 'deploy/crds'), { recursive: true })
  writeFileSync(join(copy, 'deploy/crds/old.yaml'), '')
  expect(staleFiles(copy, fresh)).toEqual(['deploy/crds/old.yaml', 'deploy/rbac/actor.yaml', 'docs/reasons.md'])

  writeFiles(copy, fresh)
  expect(staleFiles(copy, fresh)).toEqual([])
})
