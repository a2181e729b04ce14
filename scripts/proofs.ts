import { parseArgs } from 'node:util'
import { run } from './run.ts'
import { section } from './section.ts'

/**
 * What takes too long for every change. Each proof writes what it printed last into its place in docs/safety.md, with the commit
 * that it proves; that is committed with it.
 */
interface Proof {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** How many of its last lines are kept. */
  readonly lines: number
}

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, seeds: { type: 'string', default: '10000' } },
})
const node = process.execPath
const npm = (script: string): readonly [string, ...string[]] => ['npm', 'run', '--silent', script]

const proofs: readonly Proof[] = [
  { name: 'seeds', command: [node, 'src/main/sim.ts', '1', values.seeds, '--keep-going'], lines: 8 },
  { name: 'exhaustive', command: npm('sim:exhaustive'), lines: 7 },
  { name: 'coverage', command: npm('sim:coverage'), lines: 200 },
  { name: 'fuzz', command: [node, 'scripts/proofs/fuzz.ts'], lines: 20 },
  { name: 'storms', command: [node, 'testbed/main.ts', 'scenario', 'all'], lines: 52 },
]
const known = [...proofs.map(({ name }) => name), 'mutants']
const only = values.only === '' ? known : values.only.split(',')
const unknown = only.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`--only takes some of ${known.join(', ')}, not ${unknown.join(', ')}`)
  process.exit(2)
}

const head = (await run(['git', 'rev-parse', '--short', 'HEAD'])).output.trim()
const dirty = (await run(['git', 'status', '--porcelain', '--', 'src', 'testbed'])).output.trim() !== ''
const sources = `commit ${head}${dirty ? ', with changes that were not committed' : ''}`
const failed: string[] = []

for (const { name, command, lines } of proofs.filter((proof) => only.includes(proof.name))) {
  console.log(`--- ${name}`)
  const { code, output, seconds } = await run(command, { shown: true })
  if (code !== 0) failed.push(name)
  const verdict = code === 0 ? 'Proven' : `FAILED with code ${code}`
  const kept = output.trimEnd().split('\n').slice(-lines).join('\n')
  const told = `${verdict} for ${sources}, in ${(seconds / 60).toFixed(1)} minutes.`
  section('docs/safety.md', name, `${told}\n\n\`\`\`\n${kept}\n\`\`\``)
}
if (only.includes('mutants')) {
  console.log('--- mutants')
  const { code } = await run(npm('sim:mutants'), { shown: true })
  if (code !== 0) failed.push('mutants')
}
console.log(failed.length === 0 ? `all proven for ${sources}` : `FAILED: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0
