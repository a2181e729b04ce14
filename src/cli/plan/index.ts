import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { callerOf } from '../caller.ts'
import type { CliContext, GlobalOptions, Verb } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { manualRun } from '../manual-run.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, named, printValue, withFormat } from '../output/format.ts'
import { answerWithinMs, planAsked } from '../plan-asked.ts'
import { planInWords } from '../plan-in-words.ts'

interface PlanOptions {
  readonly output?: Format
  readonly treatment?: string
  readonly policy?: string
  readonly requireClear?: boolean
}

/** A dry run, made by the operator from live reads, shown and deleted. Nothing is changed. */
export const planVerb: Verb = {
  name: 'plan',
  declare: (command, run) => {
    command
      .description('what a treatment of a node would do: read-only')
      .argument('<node>', 'name of the node')
      .option('--treatment <name>', 'rung to plan; the first that is due unless given')
      .option('--policy <name>', 'policy to plan for; the one that acts for the node unless given')
      .option('--require-clear', 'exit with 3 when a gate holds')
    withFormat(command).action(
      async (nodeName: string, plan: PlanOptions) =>
        await run(async (context, options) => await showPlan(context, options, { nodeName, ...plan })),
    )
  },
}

async function showPlan(
  context: CliContext,
  options: GlobalOptions,
  { nodeName, treatment, policy, output, requireClear }: PlanOptions & { readonly nodeName: string },
): Promise<ExitCode> {
  const { terminal, clock } = context
  const cluster = await context.cluster(options)
  const operator = await readOperator(cluster, clock, options)
  warnIfSilent(context, operator)
  if (operator.kind === 'Silent' || operator.kind === 'Absent') return exitCode.operatorSilent

  const user = await callerOf(cluster, context)
  const { spec } = await manualRun(cluster, {
    nodeName,
    policyName: policy,
    treatment,
    user,
    message: `plan asked for by ${user}`,
    now: rfc3339(clock.now()),
    purpose: 'plan',
  })
  const answered = await planAsked(cluster, clock, spec)
  if (answered === undefined) {
    terminal.err(`The operator did not answer within ${answerWithinMs / 1_000}s.`)
    return exitCode.timedOut
  }
  if (output === 'json' || output === 'yaml') printValue(terminal, named(runKind, answered), output)
  else if (output === 'name') terminal.out(`noderemediation.prunella.dev/${answered.metadata.name}`)
  else for (const line of planInWords(answered, clock.now())) terminal.out(line)
  const isHeld = answered.status.gates.some(({ result }) => result === 'Hold' || result === 'Unknown')
  return requireClear === true && isHeld ? exitCode.held : exitCode.done
}
