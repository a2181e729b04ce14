import type { Verb } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, outputVersion, printValue, withFormat } from '../output/format.ts'
import { runArgument, runNamed } from '../run-named.ts'
import { readRunParts } from './read-run-parts.ts'
import { runInWords } from './run-in-words.ts'

/** Everything that is known of one thing, in one page. */
export const describeVerb: Verb = {
  name: 'describe',
  declare: (command, run) => {
    command.description('everything that is known of one run')
    withFormat(
      command
        .command('run')
        .description('cause, plan, steps with their times, gates, effects, events, approvals, what is left on the node')
        .argument('<run>', runArgument),
    ).action(
      async (word: string, { output }: { readonly output?: Format }) =>
        await run(async (context, options) => {
          const { terminal, clock } = context
          const cluster = await context.cluster(options)
          warnIfSilent(context, await readOperator(cluster, clock, options))
          const parts = await readRunParts(cluster, await runNamed(cluster, word, 'OpenOrNewest'), clock.now())
          if (output === 'json' || output === 'yaml')
            printValue(terminal, { apiVersion: outputVersion, kind: 'RunDescription', ...parts }, output)
          else if (output === 'name') terminal.out(`noderemediation.prunella.dev/${parts.run.metadata.name}`)
          else for (const line of runInWords(parts, options, terminal.columns)) terminal.out(line)
          return exitCode.done
        }),
    )
  },
}
