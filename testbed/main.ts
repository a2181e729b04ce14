import { Command, InvalidArgumentError } from 'commander'
import { startBed } from './bed.ts'
import { build } from './build/build.ts'
import { type Layout, layoutOf, type Tier, tiers } from './layout.ts'
import { logText } from './logs.ts'
import { ensurePrerequisites } from './prerequisites.ts'
import { reasonsOf, type Say } from './say.ts'
import { playAll } from './scenario/play-all.ts'
import type { PlayOptions, Scenario } from './scenario/scenario.ts'
import { scenarios } from './scenarios/all.ts'
import { statusLines } from './status.ts'
import { takeDown } from './teardown.ts'

/** Understood by every command, before or after its name. */
interface Flags {
  readonly tier: Tier
  readonly install: boolean
  readonly instance: number
  readonly run?: string
}

const say: Say = (line) => console.log(line)

function program(): Command {
  const command = new Command('testbed')
    .description('A real control plane on this machine, for tests and stories.')
    .option('--tier <tier>', 'API, A, B or C', tierNamed, 'A')
    .option('--instance <number>', 'beds with other numbers stand side by side', whole, 0)
    .option('--run <directory>', 'where it keeps its files')
    .option('--install', 'install missing Debian packages', false)
  addPreparation(command)
  addLife(command)
  addLooks(command)
  addScenario(command)
  return command
}

const flagsOf = (command: Command): Flags => command.opts<Flags>()
const layoutFor = (command: Command): Layout => layoutOf(process.env, flagsOf(command))

function addPreparation(command: Command): void {
  const prepare = async (): Promise<{ readonly layout: Layout; readonly tier: Tier }> => {
    const { tier, install } = flagsOf(command)
    const layout = layoutFor(command)
    await ensurePrerequisites(layout, tier, { install, say })
    return { layout, tier }
  }
  command
    .command('prerequisites')
    .description('name what this machine lacks, or install it')
    .action(async () => {
      const { tier } = await prepare()
      say(`this machine has everything that tier ${tier} needs`)
    })
  command
    .command('build')
    .description('build the programs that the tier needs')
    .action(async () => {
      const { layout, tier } = await prepare()
      await build(layout, tier, say)
      say(`everything tier ${tier} needs is built in ${layout.bin}`)
    })
}

function addLife(command: Command): void {
  command
    .command('up')
    .description('start it, or what has died of it')
    .action(async () => {
      const bed = await startBed({ ...flagsOf(command), say })
      say(`bed ${bed.layout.instance} is up as tier ${bed.tier}: export KUBECONFIG=${bed.adminKubeconfig}`)
    })
  command
    .command('down')
    .description('end every process of it and remove its run directory')
    .action(() => takeDown(layoutFor(command), say))
}

function addLooks(command: Command): void {
  command
    .command('status')
    .description('its processes, and whether they run; exit code 0 when all do')
    .action(() => {
      const { lines, healthy } = statusLines(layoutFor(command))
      for (const line of lines) say(line)
      process.exitCode = healthy ? 0 : 1
    })
  command
    .command('logs')
    .description('what one of its processes wrote')
    .argument('<name>', 'as status calls it')
    .option('--lines <count>', 'only the last ones', whole, 200)
    .action((name: string, { lines }: { readonly lines: number }) => say(logText(layoutFor(command), name, lines)))
}

function addScenario(command: Command): void {
  command
    .command('scenario')
    .description(
      `play a story: all (of tier B, or of that asked for), or ${scenarios.map(({ name }) => name).join(', ')}`,
    )
    .argument('<name>')
    .option('--kill-operator', 'kill the operator in the middle of it', false)
    .option('--short', 'with small figures', false)
    .action(async (name: string, varied: PlayOptions['varied']) => {
      const { tier, chosen } = storiesFor(name, flagsOf(command).tier)
      const bed = await startBed({ ...flagsOf(command), tier, say })
      const played = await playAll(chosen, { bed, varied, say })
      process.exitCode = played.every(({ passed }) => passed) ? 0 : 1
    })
}

/** All of them are those of one tier, for a bed is of one. */
function storiesFor(name: string, asked: Tier): { readonly tier: Tier; readonly chosen: readonly Scenario[] } {
  const of = ({ tier = 'B' }: Scenario): Tier => tier
  const wanted = asked === 'C' ? 'C' : 'B'
  const chosen = scenarios.filter((each) => (name === 'all' ? of(each) === wanted : each.name === name))
  const [first] = chosen
  if (first === undefined) throw new Error(`no scenario called ${name}`)
  return { tier: of(first), chosen }
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

try {
  await program().parseAsync()
} catch (error) {
  for (const line of reasonsOf(error)) console.error(line)
  process.exitCode = 1
}
