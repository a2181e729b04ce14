import { parseArgs } from 'node:util'
import { type CacheReport, compareCaches, expected } from '../test/bench/cache/compare.ts'
import type { Measured } from '../test/bench/cache/measure.ts'
import { measureScale, type Part, parts, type ScaleReport } from '../test/bench/scale/scale.ts'
import { ordinary, small } from '../test/bench/scale/sizes.ts'
import type { Judged } from '../test/bench/scale/targets.ts'
import type { Taken } from '../test/bench/signals/processor-time.ts'
import { measureSignals, ordinarySignals, type SignalsReport, smallSignals } from '../test/bench/signals/signals.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    pods: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '3' },
    small: { type: 'boolean', default: false },
    only: { type: 'string' },
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

async function scale(): Promise<void> {
  const wanted = parts.filter((part) => values.only === undefined || values.only.split(',').includes(part))
  // Progress is for people; what is measured goes to standard output alone.
  const report = await measureScale(values.small ? small : ordinary, wanted, (line) => console.error(line))
  console.log(values.json ? JSON.stringify(report) : scaleTable(report, wanted).join('\n'))
  process.exitCode = report.targets.every(({ verdict }) => verdict === 'met') ? 0 : 1
}

const scaleTable = ({ targets, storms, load, publishedByOthers }: ScaleReport, wanted: readonly Part[]): string[] => [
  `measured: ${wanted.join(', ')}, on ${load.processors} processors`,
  `load of the machine: ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after`,
  ...targets.map(targetLine),
  ...storms.map(
    ({ sick, nodes, rising, falling }) =>
      `storm of ${sick} on ${nodes} nodes: ${rising} writes, and ${falling} afterwards`,
  ),
  'published by others:',
  ...publishedByOthers.map((line) => `  ${line}`),
]

async function signals(): Promise<void> {
  const report = await measureSignals(values.small ? smallSignals : ordinarySignals, (line) => console.error(line))
  console.log(values.json ? JSON.stringify(report) : signalsTable(report).join('\n'))
  process.exitCode = report.targets.every(({ verdict }) => verdict === 'met') ? 0 : 1
}

function signalsTable({ load, nodes, firstPass, fullPass, baseline, ratio, targets }: SignalsReport): string[] {
  return [
    `load of the machine: ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after, on ${load.processors} processors`,
    'processor time counts, not the clock',
    ...targets.map(targetLine),
    took('the first pass of all, by code that is cold', firstPass),
    took('every later one', fullPass),
    `${took(`the baseline, ${nodes} Nodes parsed from their list`, baseline)}: a pass takes ${ratio.toFixed(1)} times that`,
  ]
}

const took = (what: string, { cpuMs, wallMs }: Taken): string =>
  `${what}: ${milliseconds(cpuMs)}, ${milliseconds(wallMs)} on the wall`

const targetLine = ({ name, unit, measured, atMost, verdict }: Judged): string =>
  `${verdict.padEnd(8)}${name.padEnd(72)}${rounded(measured).padStart(9)} ${unit.padEnd(3)} (at most ${atMost})`

const rounded = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0))

const benches = new Map([
  ['cache', cache],
  ['scale', scale],
  ['signals', signals],
])
const bench = benches.get(positionals[0] ?? '')
if (bench === undefined) {
  console.error(`usage: npm run bench -- cache [--json] [--pods=50000] [--rounds=3]
       npm run bench -- scale [--json] [--small] [--only=${parts.join(',')}]
       npm run bench -- signals [--json] [--small]`)
  process.exitCode = 2
} else await bench()
