import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Sabotage, sabotaged } from './mutants/sabotage.ts'
import { sabotages } from './mutants/sabotages.ts'
import { type Verdict, verdictOf } from './mutants/verdict.ts'
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
  const judged = await judgeAll(chosen, Number(values.workers))
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1)
  const survivors = judged.filter(({ verdict }) => verdict.kind === 'Survived')
  console.log(
    `${judged.length - survivors.length} of ${judged.length} sabotages were noticed, ${survivors.length} survived, ${minutes} min`,
  )
  if (values.only === '') section('docs/safety.md', 'mutants', tableOf(judged, minutes))
  return survivors.length === 0 ? 0 : 1
}

async function judgeAll(chosen: readonly Sabotage[], workers: number): Promise<readonly Judged[]> {
  const waiting = [...chosen]
  const judged: Judged[] = []
  const work = async (): Promise<void> => {
    const copy = copyOfSources()
    try {
      for (let sabotage = waiting.shift(); sabotage !== undefined; sabotage = waiting.shift()) {
        const verdict = await judge(copy, sabotage)
        judged.push({ sabotage, verdict })
        console.log(
          `${String(judged.length).padStart(3)} of ${chosen.length}  ${sabotage.name.padEnd(36)} ${inWords(verdict)}`,
        )
      }
    } finally {
      rmSync(copy, { recursive: true })
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return chosen.flatMap((sabotage) => judged.filter((one) => one.sabotage === sabotage))
}

function copyOfSources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'mutant-'))
  for (const path of copied) cpSync(join(root, path), join(copy, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

async function judge(copy: string, sabotage: Sabotage): Promise<Verdict> {
  const path = join(copy, sabotage.file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, sabotaged(sabotage, text))
  try {
    return await verdictOf(copy, sabotage)
  } finally {
    writeFileSync(path, text)
  }
}

function inWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'Test':
      return verdict.test
    case 'Seed':
      return `seed ${verdict.seed}: ${verdict.violation}`
    default:
      return `SURVIVED ${verdict.seeds} seeds`
  }
}

function tableOf(judged: readonly Judged[], minutes: string): string {
  const rows = judged.map(
    ({ sabotage: { name, invariant, file }, verdict }) =>
      `| ${name} | ${invariant} | \`${file.replace('src/', '')}\` | ${inWords(verdict).replaceAll('|', '/')} |`,
  )
  const caught = judged.filter(({ verdict }) => verdict.kind !== 'Survived').length
  const told = `${caught} of ${judged.length} noticed, in ${minutes} minutes on two processors. Seeds are counted from 1.`
  return [told, '', '| sabotage | breaks | in | noticed by |', '|---|---|---|---|', ...rows].join('\n')
}

process.exitCode = await main()
