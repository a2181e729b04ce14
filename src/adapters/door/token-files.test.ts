import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { mono } from '../../kernel/time.ts'
import { TokenFiles } from './token-files.ts'

const directories: string[] = []
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

function tokensIn(...contents: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'tokens-'))
  directories.push(directory)
  const paths = contents.map((text, index) => {
    const path = join(directory, String(index))
    writeFileSync(path, text)
    return path
  })
  const told: string[] = []
  const log = { info: () => {}, error: () => {}, warn: (text: string) => void told.push(text) }
  let now = 0
  const tokens = new TokenFiles(paths, { clock: { mono: () => mono(now) }, log })
  return { paths, told, tokens, pass: (ms: number) => (now += ms) }
}

test('while a token is rotated the old one and the new one are valid, and none else', () => {
  const { tokens } = tokensIn('old\n', ' new ')
  expect(['old', 'new', 'ol', 'old\n', '', 'other'].filter(tokens.isValid)).toEqual(['old', 'new'])
})

test('a file that is replaced counts within a second', () => {
  const { tokens, paths, pass } = tokensIn('old')
  expect(tokens.isValid('old')).toBe(true)
  for (const path of paths) writeFileSync(path, 'new')
  pass(1_000)
  expect(['old', 'new'].filter(tokens.isValid)).toEqual(['new'])
})

test('a file that is empty or gone opens nothing, and is told of once', () => {
  const { tokens, paths, told, pass } = tokensIn('', 'gone')
  rmSync(paths[1] ?? '')
  for (let looks = 0; looks < 3; looks += 1) {
    expect(['', 'gone', 'undefined'].filter(tokens.isValid)).toEqual([])
    pass(1_000)
  }
  expect(told).toHaveLength(2)
})
