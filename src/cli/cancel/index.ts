import { cancelIntent } from '../../domain/explain/intents.ts'
import type { Verb } from '../context.ts'
import { expressIntent } from '../express-intent.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, withFormat } from '../output/format.ts'
import { runArgument, runNamed } from '../run-named.ts'

interface CancelOptions {
  readonly reason: string
  readonly keepCordoned?: boolean
  readonly dryRun?: boolean
  readonly output?: Format
}

/** Ends a run at its next safe moment. It cannot be taken back. */
export const cancelVerb: Verb = {
  name: 'cancel',
  declare: (command, run) => {
    withFormat(
      command
        .description('end a run at its next safe moment; its node is given back')
        .argument('<run>', runArgument)
        .requiredOption('--reason <text>', 'why; kept in the run')
        .option('--keep-cordoned', 'leave the cordon on the node: from then on it is yours')
        .option('--dry-run', 'say what would follow, and write nothing'),
    ).action(
      async (word: string, { reason, keepCordoned = false, dryRun = false, output }: CancelOptions) =>
        await run(async (context, options) => {
          const cluster = await context.cluster(options)
          warnIfSilent(context, await readOperator(cluster, context.clock, options))
          return await expressIntent(cluster, context, {
            verb: 'cancel',
            run: await runNamed(cluster, word, 'Open'),
            intend: (one) => cancelIntent(one, { reason, keepCordoned }, context.clock.now()),
            dryRun,
            output,
          })
        }),
    )
  },
}
