import { Command, InvalidArgumentError } from 'commander'
import { startBed } from './bed.ts'
import { build } from './build/build.ts'
import { layoutOf, type Tier, tiers } from './layout.ts'
import { printLogs } from './logs.ts'
import { ensurePrerequisites } from './prerequisites.ts'
import type { Say } from './say.ts'
import { playScenario } from './scenario/scenario.ts'
import { scenarios } from './scenarios/all.ts'
import { statusLines } from './status.ts'
import { takeDown } from './teardown.ts'

interface BedFlags {
  readonly instance: number
  readonly run?: string
}
interface TierFlags extends BedFlags {
  readonly tier: Tier
  readonly install: boolean
}

const say: Say = (line) => console.log(line)

function program(): Command {
  const command = new Command('testbed').description('A real control plane on this machine, for tests and stories.')
  command
    .command('up')
    .description('start it, or what has died of it')
    .action(async () => {
      const { tier, ...flags } = command.optsWithGlobals<TierFlags>()
      const bed = await startBed({ ...flags, tier, say })
      say(`bed ${bed.layout.instance} is up as tier ${tier}: export KUBECONFIG=${bed.adminKubeconfig}`)
    })
  command
    .command('build')
    .description('build the programs that the tier needs')
    .action(async () => {
      const { tier, install, ...address } = command.optsWithGlobals<TierFlags>()
      const layout = layoutOf(process.env, address)
      await ensurePrerequisites(layout, tier, { install, say })
      await build(layout, tier, say)
      say(`everything tier ${tier} needs is built in ${layout.bin}`)
    })
  command
    .command('down')
    .description('end every process of it and remove its run directory')
    .action(() => takeDown(layoutOf(process.env, command.optsWithGlobals<BedFlags>()), say))
  command
    .command('status')
    .description('its processes, and whether they run')
    .action(() => {
      const { lines, healthy } = statusLines(layoutOf(process.env, command.optsWithGlobals<BedFlags>()))
      for (const line of lines) say(line)
      process.exitCode = healthy ? 0 : 1
    })
  command
    .command('logs')
    .description('what one of its processes wrote')
    .argument('<name>', 'as status calls it')
    .option('--lines <count>', 'only the last ones', whole, 200)
    .action((name: string, { lines }: { readonly lines: number }) => {
      say(printLogs(layoutOf(process.env, command.optsWithGlobals<BedFlags>()), name, lines))
    })
  command
    .command('scenario')
    .description(`play a story on tier B: ${scenarios.map(({ name }) => name).join(', ')}`)
    .argument('<name>')
    .option('--kill-operator', 'kill the operator in the middle of it', false)
    .action(async (name: string, { killOperator }: { readonly killOperator: boolean }) => {
      const scenario = scenarios.find((each) => each.name === name)
      if (scenario === undefined) throw new Error(`no scenario called ${name}`)
      const bed = await startBed({ ...command.optsWithGlobals<TierFlags>(), tier: 'B', say })
      process.exitCode = (await playScenario(scenario, { bed, killOperator, say })) ? 0 : 1
    })
  return withFlags(command)
}

function withFlags(command: Command): Command {
  return command
    .option('--tier <tier>', 'API, A or B', tierNamed, 'A')
    .option('--instance <number>', 'beds with other numbers stand side by side', whole, 0)
    .option('--run <directory>', 'where it keeps its files')
    .option('--install', 'install missing Debian packages', false)
}

function tierNamed(text: string): Tier {
  const tier = tiers.find((known) => known === text.toUpperCase())
  if (tier === undefined) throw new InvalidArgumentError(`it is one of ${tiers.join(', ')}`)
  return tier
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('it is a whole number')
  return Number(text)
}

/** The error and its causes, one line each: the first says what was being done. */
function* story(error: unknown): Generator<string> {
  for (let current = error; current instanceof Error; current = current.cause) yield current.message
}

try {
  await program().parseAsync()
} catch (error) {
  for (const line of story(error)) console.error(line)
  process.exitCode = 1
}
