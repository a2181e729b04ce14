import { run, testCounts } from './run.ts'

/**
 * All tiers: `check` (unit, contract, sim) and the real control plane. What was left out is said in the last lines, and the last
 * line is the count.
 */
const known = ['unit', 'contract', 'sim', 'real'] as const
const asked = (process.env['TIERS'] ?? known.join(',')).split(',').map((tier) => tier.trim())
const unknown = asked.filter((tier) => !known.some((name) => name === tier))
if (unknown.length > 0) {
  console.error(`TIERS must be some of ${known.join(', ')}, not ${unknown.join(', ')}`)
  process.exit(2)
}

const node = process.execPath
const has = (tier: (typeof known)[number]): boolean => asked.includes(tier)

interface Stage {
  readonly name: string
  readonly tier: (typeof known)[number]
  readonly command: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
}

/** Of `check` only the steps that belong to the tiers asked for. */
const steps = [
  ...(has('unit') ? ['types', 'format', 'tidy', 'generated', 'lint', 'dead', 'unit'] : []),
  ...(has('contract') ? ['contract'] : []),
  ...(has('sim') ? ['simulator'] : []),
].join(',')

const stages: readonly Stage[] = [
  {
    name: 'prerequisites of the real control plane',
    tier: 'real',
    command: [node, 'testbed/main.ts', 'prerequisites', '--tier=B', '--install'],
  },
  { name: 'check', tier: 'unit', command: [node, 'scripts/check.ts'], env: { STEPS: steps } },
  { name: 'building the control plane', tier: 'real', command: [node, 'testbed/main.ts', 'build', '--tier=B'] },
  { name: 'contract, real', tier: 'real', command: [node, 'scripts/contract.ts', '--against=real'] },
  {
    name: 'rules, real node problem detector',
    tier: 'real',
    command: ['vitest', 'run', '--project', 'rules-real'],
  },
  { name: 'chart, by Helm', tier: 'real', command: ['vitest', 'run', '--project', 'chart'] },
  { name: 'scenario kernel-deadlock', tier: 'real', command: [node, 'testbed/main.ts', 'scenario', 'kernel-deadlock'] },
  { name: 'scenario overload', tier: 'real', command: [node, 'testbed/main.ts', 'scenario', 'overload'] },
  {
    name: 'scenario kernel-deadlock, operator killed',
    tier: 'real',
    command: [node, 'testbed/main.ts', 'scenario', 'kernel-deadlock', '--kill-operator'],
  },
  {
    name: 'scenario overload, operator killed',
    tier: 'real',
    command: [node, 'testbed/main.ts', 'scenario', 'overload', '--kill-operator'],
  },
  // the others take longer, and are played in full by `make proofs`
  ...['storm', 'zombie-leader', 'killed-at-random', 'observe'].map(
    (story): Stage => ({
      name: `scenario ${story}, short`,
      tier: 'real',
      command: [node, 'testbed/main.ts', 'scenario', story, '--short'],
    }),
  ),
  { name: 'taking the bed down', tier: 'real', command: [node, 'testbed/main.ts', 'down'] },
]

let passed = 0
let failed = 0
const failedStages: string[] = []
for (const { name, tier, command, env } of stages) {
  const isCheck = name === 'check'
  if (isCheck ? steps === '' : !has(tier)) continue
  console.log(`\n=== ${name}`)
  const { code, output, seconds } = await run(command, { shown: true, env: env ?? {} })
  const own = isCheck ? checkCounts(output) : testCounts(output)
  passed += own.passed + (own.passed === 0 && code === 0 ? 1 : 0)
  failed += own.failed + (own.failed === 0 && code !== 0 ? 1 : 0)
  if (code !== 0) failedStages.push(name)
  console.log(`=== ${name}: ${code === 0 ? 'ok' : `failed with exit code ${code}`} after ${seconds.toFixed(0)}s`)
  if (code !== 0 && name.startsWith('prerequisites')) break
}

console.log('')
if (failedStages.length > 0) console.log(`Failed: ${failedStages.join(', ')}`)
const leftOut = known.filter((tier) => !has(tier))
if (leftOut.length > 0) console.log(`Left out: ${leftOut.join(', ')}`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

/** The last line of `check`. */
function checkCounts(text: string): { readonly passed: number; readonly failed: number } {
  const match = /^(\d+) passed, (\d+) failed$/m.exec(text.split('\n').toReversed().join('\n'))
  return { passed: Number(match?.[1] ?? 0), failed: Number(match?.[2] ?? 0) }
}
