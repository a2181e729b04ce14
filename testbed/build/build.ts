import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout, Tier } from '../layout.ts'
import { CommandError, runToEnd } from '../process/run.ts'
import { elapsed, type Say } from '../say.ts'
import { copyKarpenterCrds, hasKarpenterCrds } from './assets.ts'
import { type GoProgram, programsOf } from './programs.ts'
import { stampOf } from './stamp.ts'

/** Builds what the tier needs and is not there yet. Warm it only compares stamps. */
export async function build(layout: Layout, tier: Tier, say: Say): Promise<void> {
  const missing = unbuilt(layout, tier)
  mkdirSync(join(layout.bin, stampsFolder), { recursive: true })
  if (missing.length > 0)
    say(`${missing.length} programs are to be built; cold, tier B takes about 18 min on two cores`)
  for (const [index, program] of missing.entries()) {
    const place = `${index + 1} of ${missing.length}`
    await withProgress(`building ${program.name} (${place})`, say, () => buildOne(layout, program))
  }
}

export const unbuilt = (layout: Layout, tier: Tier): readonly GoProgram[] =>
  programsOf(tier).filter((program) => !isBuilt(layout, program))

function isBuilt(layout: Layout, program: GoProgram): boolean {
  const stamp = stampPath(layout, program)
  return (
    existsSync(join(layout.bin, program.name)) &&
    existsSync(stamp) &&
    (program.name !== 'karpenter' || hasKarpenterCrds(layout)) &&
    readFileSync(stamp, 'utf8') === wantedStamp(layout, program)
  )
}

/** Go finds out by itself when the program is up to date already, and then does nothing. */
async function buildOne(layout: Layout, program: GoProgram): Promise<void> {
  const output = join(layout.bin, program.name)
  const args = [...commandOf(program), '-p=2', '-o', output, program.package] // two compilers fit into 4 GB
  const outcome = await runToEnd('nice', ['go', ...args], {
    cwd: moduleFolder(layout, program),
    env: buildEnv,
    timeoutMs: buildDeadlineMs,
  })
  if (outcome.code !== 0) throw new CommandError(`go build of ${program.name}`, outcome)
  if (program.name === 'karpenter') await copyKarpenterCrds(layout, moduleFolder(layout, program))
  const stamp = stampPath(layout, program)
  writeFileSync(`${stamp}.new`, wantedStamp(layout, program))
  renameSync(`${stamp}.new`, stamp)
}

/** A cold kube-apiserver takes five minutes on two idle cores. */
const buildDeadlineMs = 40 * 60_000
const buildEnv = { CGO_ENABLED: '0' }
const commandOf = ({ ldflags }: GoProgram): readonly string[] => ['build', '-trimpath', '-ldflags', ldflags]

const wantedStamp = (layout: Layout, program: GoProgram): string =>
  stampOf({
    goMod: readFileSync(join(moduleFolder(layout, program), 'go.mod'), 'utf8'),
    goSum: readFileSync(join(moduleFolder(layout, program), 'go.sum'), 'utf8'),
    command: [...commandOf(program), program.package],
    env: buildEnv,
  })

const moduleFolder = (layout: Layout, { module }: GoProgram): string => join(layout.repository, 'testbed/tools', module)
const stampsFolder = '.stamps'
const stampPath = (layout: Layout, { name }: GoProgram): string => join(layout.bin, stampsFolder, name)

/** Go is silent while it compiles: a line now and then tells that it still does. */
async function withProgress(what: string, say: Say, work: () => Promise<void>): Promise<void> {
  const began = performance.now()
  say(`${what} …`)
  const ticking = setInterval(() => say(`${what}: still at it, ${elapsed(began)}`), 30_000)
  try {
    await work()
  } finally {
    clearInterval(ticking)
  }
  say(`${what}: done, ${elapsed(began)}`)
}
