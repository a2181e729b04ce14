import { retryIntent } from '../../domain/explain/intents.ts'
import type { Verb } from '../context.ts'
import { expressIntent } from '../express-intent.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, withFormat } from '../output/format.ts'
import { runArgument, runNamed } from '../run-named.ts'

interface RetryOptions {
  readonly dryRun?: boolean
  readonly output?: Format
}

/** Sends a quarantined run back to its first rung, with its cordon kept. */
export const retryVerb: Verb = {
  name: 'retry',
  declare: (command, run) => {
    withFormat(
      command
        .description('send a quarantined run back to its first rung; the node stays cordoned')
        .argument('<run>', runArgument)
        .option('--dry-run', 'say what would follow, and write nothing'),
    ).action(
      async (word: string, { dryRun = false, output }: RetryOptions) =>
        await run(async (context, options) => {
          const cluster = await context.cluster(options)
          warnIfSilent(context, await readOperator(cluster, context.clock, options))
          return await expressIntent(cluster, context, {
            verb: 'retry',
            run: await runNamed(cluster, word, 'Open'),
            intend: (one) => retryIntent(one, context.clock.now()),
            dryRun,
            output,
          })
        }),
    )
  },
}
