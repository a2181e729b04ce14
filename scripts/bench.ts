import { parseArgs } from 'node:util'
import { type CacheReport, compareCaches, expected } from '../test/bench/cache/compare.ts'
import type { Measured } from '../test/bench/cache/measure.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    pods: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '3' },
  },
})

async function cache(): Promise<void> {
  const report = await compareCaches({ pods: Number(values.pods), rounds: Number(values.rounds) })
  console.log(values.json ? JSON.stringify(report) : table(report).join('\n'))
  process.exitCode = report.isAsExpected ? 0 : 1
}

function table({ pods, rounds, ours, clientNode, speedup, memoryShare, isAsExpected }: CacheReport): readonly string[] {
  const row = (name: string, { syncedMs, peakRssBytes, longestBlockMs, longestBlockWallMs }: Measured): string =>
    `${name.padEnd(26)}${seconds(syncedMs)}${megabytes(peakRssBytes)}${milliseconds(longestBlockMs)}${milliseconds(longestBlockWallMs)}`
  return [
    `${pods} pods into a cache, best of ${rounds} rounds`,
    `${'client'.padEnd(26)}${'synced'.padStart(10)}${'peak RSS'.padStart(12)}${'longest block'.padStart(16)}${'(on the wall)'.padStart(16)}`,
    row('prunella', ours),
    row('@kubernetes/client-node', clientNode),
    `${speedup.toFixed(1)} times faster (expected: at least ${expected.speedup})`,
    `${percent(memoryShare)} of the memory (expected: at most ${percent(expected.memoryShare)})`,
    `event loop blocked for ${ours.longestBlockMs.toFixed(0)} ms (expected: at most ${expected.longestBlockMs})`,
    isAsExpected ? 'as expected' : 'NOT as expected',
  ]
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`.padStart(10)
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`.padStart(12)
const milliseconds = (ms: number): string => `${ms.toFixed(0)} ms`.padStart(16)
const percent = (share: number): string => `${Math.round(share * 100)} %`

if (positionals[0] === 'cache') await cache()
else {
  console.error('usage: npm run bench -- cache [--json] [--pods=50000] [--rounds=3]')
  process.exitCode = 2
}
