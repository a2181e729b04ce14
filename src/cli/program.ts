import { Command, CommanderError, Option } from 'commander'
import { defaultNamespace } from '../api/annotations.ts'
import { RefusedError } from '../ports/errors.ts'
import { causeText } from '../runtime/complaint.ts'
import type { CliContext, GlobalOptions, Verb } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { namingRights } from './missing-right.ts'
import { printable } from './output/printable.ts'
import { UsageError } from './usage-error.ts'

export interface Invocation {
  /** As the shell passed it, without program and script. */
  readonly words: readonly string[]
  /** `kubectl prunella` where kubectl called us. */
  readonly name: string
}

/** Parses, runs one verb, and turns whatever happens into words and an exit code. */
export async function runCli(
  verbs: readonly Verb[],
  context: CliContext,
  { words, name }: Invocation,
): Promise<ExitCode> {
  const terminal = printable(context.terminal)
  let code: ExitCode = exitCode.done
  const program = new Command(name)
    .description('Heals sick Kubernetes nodes, and explains every act and every refusal.')
    .option('--kubeconfig <path>', 'kubeconfig file to use')
    .option('--context <name>', 'context of the kubeconfig to use')
    .addOption(new Option('--operator-namespace <name>', 'namespace of the operator').default(defaultNamespace))
    .addOption(
      new Option('--color <when>', 'whether to use colours').choices(['auto', 'always', 'never']).default('auto'),
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
  for (const verb of verbs) {
    const command = program.command(verb.name).exitOverride()
    verb.declare(command, async (action) => {
      const options = program.opts<GlobalOptions>()
      code = await action(prepared(context, options), options)
    })
  }
  try {
    await program.parseAsync([...words], { from: 'user' })
    return code
  } catch (error) {
    return failure(error, terminal)
  }
}

const prepared = (context: CliContext, { color }: GlobalOptions): CliContext => {
  const colours = color === 'auto' ? context.terminal.colours : color === 'always'
  return {
    ...context,
    terminal: printable({ ...context.terminal, colours }),
    cluster: async (access) => namingRights(await context.cluster(access)),
  }
}

function failure(error: unknown, terminal: CliContext['terminal']): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage
  terminal.err(`error: ${causeText(error)}`)
  if (error instanceof RefusedError && error.status === 403) return exitCode.forbidden
  if (error instanceof UsageError) return exitCode.usage
  return exitCode.error
}
