import { type NodeRemediation, runKind } from '../api/v1alpha1/node-remediation.ts'
import type { Intent } from '../domain/explain/intents.ts'
import type { Cluster } from '../ports/cluster.ts'
import { ConflictError, NotFoundError } from '../ports/errors.ts'
import type { CliContext } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { type Format, named, printValue } from './output/format.ts'

export interface Wish {
  /** As people read it: `cancel`. */
  readonly verb: string
  readonly run: NodeRemediation
  readonly intend: (run: NodeRemediation) => Intent
  readonly dryRun: boolean
  readonly output: Format | undefined
}

/** The operator writes the status of a run about once a second while it works. */
const triesMax = 5

/** Writes a person's wish into the spec of a run, and says what follows from it. Judged anew whenever somebody wrote first. */
export async function expressIntent(cluster: Cluster, context: CliContext, wish: Wish): Promise<ExitCode> {
  const { name } = wish.run.metadata
  let { run } = wish
  for (let tries = 1; ; tries += 1) {
    const intent = wish.intend(run)
    if (intent.kind !== 'Writes' || wish.dryRun) return told(context, wish, { run, intent })
    const { resourceVersion } = run.metadata
    try {
      const written = await cluster.patch(
        runKind,
        { name },
        { type: 'Merge', resourceVersion, body: { spec: intent.spec } },
      )
      return told(context, wish, { run: written, intent })
    } catch (error) {
      if (!(error instanceof ConflictError) || tries === triesMax) throw error
      const again = await cluster.get(runKind, { name })
      if (again === undefined) throw new NotFoundError(`run ${name} was deleted meanwhile`, { cause: error })
      run = again
    }
  }
}

interface Told {
  readonly run: NodeRemediation
  readonly intent: Intent
}

/** Requested is not done: whoever wants to see it done is told how to watch. */
function told({ terminal }: CliContext, { verb, dryRun, output }: Wish, { run, intent }: Told): ExitCode {
  if (intent.kind === 'Refused') {
    terminal.err(`error: ${intent.why}`)
    return exitCode.error
  }
  const { name } = run.metadata
  if (output === 'json' || output === 'yaml') printValue(terminal, named(runKind, run), output)
  else if (output === 'name') terminal.out(`noderemediation.prunella.dev/${name}`)
  else if (intent.kind === 'Needless') terminal.out(`Nothing to do: ${intent.why}.`)
  else {
    terminal.out(
      `noderemediation.prunella.dev/${name} ${verb} requested${dryRun ? ' (dry run: nothing was written)' : ''}`,
    )
    for (const line of intent.follows) terminal.out(line)
    if (!dryRun) terminal.out(`Watch it: prunella watch ${name}`)
  }
  return exitCode.done
}
