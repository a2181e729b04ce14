import { releaseIntent } from '../../domain/explain/intents.ts'
import type { Verb } from '../context.ts'
import { expressIntent } from '../express-intent.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, withFormat } from '../output/format.ts'
import { runArgument, runNamed } from '../run-named.ts'

interface ReleaseOptions {
  readonly reason: string
  readonly keepCordoned?: boolean
  readonly dryRun?: boolean
  readonly output?: Format
}

/** Gives a node back: undoes what we did to it and nothing else. How a person ends a quarantine. */
export const releaseVerb: Verb = {
  name: 'release',
  declare: (command, run) => {
    withFormat(
      command
        .description('give a quarantined node back: undo only what Prunella did to it')
        .argument('<node>', `name of the node, or ${runArgument}`)
        .requiredOption('--reason <text>', 'why; kept in the run')
        .option('--keep-cordoned', 'leave the cordon on the node: from then on it is yours')
        .option('--dry-run', 'say what would follow, and write nothing'),
    ).action(
      async (word: string, { reason, keepCordoned = false, dryRun = false, output }: ReleaseOptions) =>
        await run(async (context, options) => {
          const cluster = await context.cluster(options)
          warnIfSilent(context, await readOperator(cluster, context.clock, options))
          return await expressIntent(cluster, context, {
            verb: 'release',
            run: await runNamed(cluster, word, 'Open'),
            intend: (one) => releaseIntent(one, { reason, keepCordoned }, context.clock.now()),
            dryRun,
            output,
          })
        }),
    )
  },
}
