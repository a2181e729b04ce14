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

function table({
  pods,
  rounds,
  ours,
  clientNode,
  speedup,
  thrift,
  isMachineBusy,
  memoryShare,
  isAsExpected,
}: CacheReport): readonly string[] {
  return [
    `${pods} pods into a cache, best of ${rounds} rounds`,
    line('client', ['synced', 'processor', 'peak RSS', 'longest block', '(on the wall)']),
    line('prunella', cells(ours)),
    line('@kubernetes/client-node', cells(clientNode)),
    `${speedup.toFixed(1)} times faster, with ${thrift.toFixed(1)} times less processor time (expected: at least ${expected.speedup})`,
    ...(isMachineBusy ? ['this machine is busy with other things: processor time counts, not the clock'] : []),
    `${percent(memoryShare)} of the memory (expected: at most ${percent(expected.memoryShare)})`,
    `event loop blocked for ${milliseconds(ours.longestBlockMs)} (expected: at most ${expected.longestBlockMs} ms)`,
    isAsExpected ? 'as expected' : 'NOT as expected',
  ]
}

const line = (name: string, cells: readonly string[]): string =>
  `${name.padEnd(24)}${cells.map((cell) => cell.padStart(15)).join('')}`

const cells = ({ syncedMs, cpuMs, peakRssBytes, longestBlockMs, longestBlockWallMs }: Measured): readonly string[] => [
  `${(syncedMs / 1_000).toFixed(2)} s`,
  `${(cpuMs / 1_000).toFixed(2)} s`,
  `${Math.round(peakRssBytes / 1_000_000)} MB`,
  milliseconds(longestBlockMs),
  milliseconds(longestBlockWallMs),
]

const milliseconds = (ms: number): string => `${ms.toFixed(0)} ms`
const percent = (share: number): string => `${Math.round(share * 100)} %`

if (positionals[0] === 'cache') await cache()
else {
  console.error('usage: npm run bench -- cache [--json] [--pods=50000] [--rounds=3]')
  process.exitCode = 2
}
