import { run, testCounts } from './run.ts'

/**
 * Everything that needs no real control plane. Each step is named with its time; the first lines of what failed are repeated at
 * the end, and the last line is the count.
 */
interface Step {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

const node = process.execPath

/** Steps of one row run side by side: there are two processors, and most of these wait. */
const rows: readonly (readonly Step[])[] = [
  [
    { name: 'types', command: ['tsc', '-p', '.'] },
    { name: 'format', command: ['biome', 'check', '--diagnostic-level=error', '.'] },
    { name: 'tidy', command: [node, 'scripts/tidy.ts'] },
    { name: 'generated files', command: [node, 'scripts/generate.ts', '--check'] },
  ],
  [
    { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings', 'src', 'test', 'scripts', 'testbed'] },
    { name: 'dead code', command: ['knip', '--no-progress'] },
  ],
  [
    {
      name: 'unit tests',
      command: ['vitest', 'run', '--project', 'unit', '--project', 'testbed', '--project', 'cross'],
    },
  ],
  [
    { name: 'contract, embedded', command: [node, 'scripts/contract.ts', '--against=embedded'] },
    { name: 'simulator, scenarios', command: ['vitest', 'run', '--project', 'sim'] },
  ],
  [{ name: 'simulator, 20 seeds', command: [node, 'src/main/sim.ts', '1', '20'] }],
]

const only = (process.env['STEPS'] ?? '').split(',').filter((name) => name !== '')
let passed = 0
let failed = 0
const failures: string[] = []

for (const row of rows) {
  const chosen = row.filter(({ name }) => only.length === 0 || only.some((word) => name.startsWith(word)))
  const outcomes = await Promise.all(chosen.map(async (step) => ({ step, ...(await run(step.command)) })))
  for (const { step, code, output, seconds } of outcomes) {
    const counts = testCounts(output)
    passed += counts.passed + (counts.passed === 0 && code === 0 ? 1 : 0)
    failed += counts.failed + (counts.failed === 0 && code !== 0 ? 1 : 0)
    const told = counts.passed > 0 ? `, ${counts.passed} passed, ${counts.failed} failed` : ''
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.name.padEnd(22)} ${seconds.toFixed(1).padStart(6)}s${told}`)
    if (code !== 0) failures.push(`--- ${step.name}\n${output.split('\n').slice(-60).join('\n')}`)
  }
}
for (const failure of failures) console.log(failure)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
