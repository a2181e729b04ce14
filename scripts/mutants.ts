import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { uncompiled } from './mutants/compiling.ts'
import { type Sabotage, sabotaged } from './mutants/sabotage.ts'
import { sabotages } from './mutants/sabotages.ts'
import { inWords, isNoticed, looksAt, type Verdict, verdictOf } from './mutants/verdict.ts'
import { section } from './section.ts'

/**
 * Takes away one line of behaviour after the other, each in a copy of the sources, and looks who notices. The table goes to
 * docs/safety.md. Product code has no switch for this.
 */
const copied = [
  'src',
  'test',
  'testbed',
  'scripts',
  'deploy',
  'docs',
  'package.json',
  'vitest.config.ts',
  'tsconfig.json',
  'README.md',
]
const root = join(import.meta.dirname, '..')

interface Judged {
  readonly sabotage: Sabotage
  readonly verdict: Verdict
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string', default: '' }, workers: { type: 'string', default: '2' } },
  })
  const chosen = sabotages.filter(({ name, invariant }) => name.includes(values.only) || invariant === values.only)
  if (chosen.length === 0) {
    console.error(
      `no sabotage has ${values.only} in its name; there are: ${sabotages.map(({ name }) => name).join(', ')}`,
    )
    return 2
  }
  const startedAt = performance.now()
  if (values.only === '') await mustBeQuiet()
  const judged = await judgeAll(chosen, Number(values.workers))
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1)
  const told = `${countsOf(judged)}, in ${minutes} minutes`
  console.log(told)
  if (values.only === '') section('docs/safety.md', 'mutants', tableOf(judged, told))
  return judged.every(({ sabotage, verdict }) => isNoticed(sabotage, verdict)) ? 0 : 1
}

/** Who complains about the sources as they are would complain about every sabotage. */
async function mustBeQuiet(): Promise<void> {
  const copy = copyOfSources()
  try {
    const verdict = await verdictOf(looksAt(copy), { file: 'src/main/sim.ts' })
    if (verdict.kind !== 'Survived') throw new Error(`nothing was taken away yet, and still: ${inWords(verdict)}`)
  } finally {
    rmSync(copy, { recursive: true })
  }
}

async function judgeAll(chosen: readonly Sabotage[], workers: number): Promise<readonly Judged[]> {
  const judged: Judged[] = []
  const tell = (sabotage: Sabotage, verdict: Verdict): void => {
    judged.push({ sabotage, verdict })
    const number = String(judged.length).padStart(3)
    console.log(`${number} of ${chosen.length}  ${sabotage.name.padEnd(50)} ${inWords(verdict)}`)
  }
  const errors = await errorsOf(chosen)
  for (const [sabotage, because] of errors) tell(sabotage, { kind: 'DoesNotRun', because })
  const waiting = chosen.filter((sabotage) => !errors.has(sabotage))
  const work = async (): Promise<void> => {
    const copy = copyOfSources()
    try {
      for (let sabotage = waiting.shift(); sabotage !== undefined; sabotage = waiting.shift()) {
        tell(sabotage, await judge(copy, sabotage))
      }
    } finally {
      rmSync(copy, { recursive: true })
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return chosen.flatMap((sabotage) => judged.filter((one) => one.sabotage === sabotage))
}

async function errorsOf(chosen: readonly Sabotage[]): Promise<ReadonlyMap<Sabotage, string>> {
  const copy = copyOfSources()
  try {
    return await uncompiled(copy, chosen)
  } finally {
    rmSync(copy, { recursive: true })
  }
}

function copyOfSources(): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'mutant-')))
  for (const path of copied) cpSync(join(root, path), join(copy, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

async function judge(copy: string, sabotage: Sabotage): Promise<Verdict> {
  const path = join(copy, sabotage.file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, sabotaged(sabotage, text))
  try {
    return await verdictOf(looksAt(copy), sabotage)
  } finally {
    writeFileSync(path, text)
  }
}

function countsOf(judged: readonly Judged[]): string {
  const count = (...kinds: readonly Verdict['kind'][]): number =>
    judged.filter(({ verdict }) => kinds.includes(verdict.kind)).length
  const noticed = judged.filter(({ sabotage, verdict }) => isNoticed(sabotage, verdict)).length
  const others = `${count('Survived')} survived, ${count('DoesNotRun')} do not run, ${count('Hangs')} hang`
  return `${noticed} of ${judged.length} were noticed, ${others}`
}

function tableOf(judged: readonly Judged[], told: string): string {
  const rows = judged.map(
    ({ sabotage: { name, invariant, file }, verdict }) =>
      `| ${name} | ${invariant} | \`${file.replace('src/', '')}\` | ${inWords(verdict).replaceAll('|', '/')} |`,
  )
  const said = `${told} on two processors. Seeds are counted from 1.`
  return [said, '', '| sabotage | breaks | in | noticed by |', '|---|---|---|---|', ...rows].join('\n')
}

// What was started ends with us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
process.exitCode = await main()
