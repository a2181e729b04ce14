import { mkdirSync, writeFileSync } from 'node:fs'
import { run } from './run.ts'

/**
 * What takes too long for every change: thousands of seeds, on both processors. The result is committed with the commit that it
 * proves, and says which one that is.
 */
const count = Number(process.argv[2] ?? '2000')
const half = Math.ceil(count / 2)
const node = process.execPath

const head = (await run(['git', 'rev-parse', 'HEAD'])).output.trim()
const dirty = (await run(['git', 'status', '--porcelain', '--', 'src'])).output.trim() !== ''
const startedAt = performance.now()
const halves = await Promise.all(
  [1, half + 1].map(
    async (first) => await run([node, 'src/main/sim.ts', String(first), String(half)], { shown: true }),
  ),
)
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1)

/** The line of a run that begins with this word. */
const lineOf = (output: string, word: string): string => output.split('\n').find((line) => line.startsWith(word)) ?? ''

const failed = halves.filter(({ code }) => code !== 0)
const report = [
  '# Proofs',
  '',
  'Written by `make proofs`.',
  '',
  `| what | result |`,
  `|---|---|`,
  `| sources | commit ${head}${dirty ? ', with changes that were not committed' : ''} |`,
  `| seeds | 1 to ${half * 2}, ${failed.length === 0 ? 'all safe, all healed' : 'FAILED'}, ${minutes} min on two processors |`,
  ...halves.map(
    ({ output }, index) => `| ends, ${index === 0 ? 'first' : 'second'} half | ${lineOf(output, 'ends:').slice(6)} |`,
  ),
  `| faults met | ${lineOf(halves[0]?.output ?? '', 'faults met:').slice(12)} |`,
  ...failed.map(({ output }) => `| failure | ${lineOf(output, 'seed').replaceAll('|', '/')} |`),
  '',
].join('\n')
mkdirSync('docs', { recursive: true })
writeFileSync('docs/proofs.md', report)
console.log(report)
process.exitCode = failed.length > 0 ? 1 : 0
