import type { Verb } from '../context.ts'
import { durationOption } from '../duration.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, withFormat } from '../output/format.ts'
import { runArgument, runNamed } from '../run-named.ts'
import { followRun } from './follow-run.ts'

interface WatchOptions {
  readonly timeout?: number
  readonly output?: Format
}

/** One run, live: its rungs and steps, what it waits for, what is left of its pods. Exits with the result of the run. */
export const watchVerb: Verb = {
  name: 'watch',
  declare: (command, run) => {
    withFormat(
      command
        .description('watch one run until it ends; exits with its result, or with 5 once it waits for a person')
        .argument('<run>', runArgument)
        .option('--timeout <duration>', 'stop watching after so long, such as 10m; the run goes on', durationOption),
    ).action(
      async (word: string, { timeout, output }: WatchOptions) =>
        await run(async (context, options) => {
          const cluster = await context.cluster(options)
          warnIfSilent(context, await readOperator(cluster, context.clock, options))
          const one = await runNamed(cluster, word, 'OpenOrNewest')
          return await followRun(context, options, { run: one, timeoutMs: timeout, output })
        }),
    )
  },
}
