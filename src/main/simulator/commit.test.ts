import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commitIn } from './commit.ts'

test('a copy without git has no commit, and that is no error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'no-git-'))
  try {
    expect(commitIn(folder)).toBe('unknown')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
