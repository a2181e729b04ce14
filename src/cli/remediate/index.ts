import { isOpen, type NodeRemediation, type RunSpec, runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { orUnknown } from '../../domain/explain/or-unknown.ts'
import { gateInWords } from '../../domain/explain/run-waits.ts'
import { shortHash } from '../../kernel/sha256.ts'
import { rfc3339 } from '../../kernel/time.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { TimeoutError } from '../../ports/errors.ts'
import { callerOf } from '../caller.ts'
import type { CliContext, GlobalOptions, Verb } from '../context.ts'
import { durationOption } from '../duration.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type ManualRun, manualRun } from '../manual-run.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, named, outputVersion, printValue, withFormat } from '../output/format.ts'
import { answerWithinMs, planAsked } from '../plan-asked.ts'
import { planInWords } from '../plan-in-words.ts'
import { followRun } from '../watch/follow-run.ts'

interface RemediateOptions {
  readonly treatment: string
  readonly reason: string
  readonly policy?: string
  readonly dryRun?: boolean
  readonly watch?: boolean
  readonly timeout?: number
  readonly output?: Format
}

/** A run that a person asks for. It passes the same gates as one of the operator's own. */
export const remediateVerb: Verb = {
  name: 'remediate',
  declare: (command, run) => {
    withFormat(
      command
        .description('treat a node by hand, through the same gates as the operator')
        .argument('<node>', 'name of the node')
        .requiredOption('--treatment <name>', 'rung of the policy to carry out')
        .requiredOption('--reason <text>', 'why; kept in the run')
        .option('--policy <name>', 'policy to act for; the one that acts for the node unless given')
        .option('--dry-run', 'show the plan, and create nothing; exits with 3 where a gate holds')
        .option('--watch', 'watch the run until it ends; exits with its result')
        .option('--timeout <duration>', 'stop watching after so long, such as 10m; the run goes on', durationOption),
    ).action(
      async (nodeName: string, wish: RemediateOptions) =>
        await run(async (context, options) => await remediate(context, options, { nodeName, ...wish })),
    )
  },
}

type Wish = RemediateOptions & { readonly nodeName: string }

async function remediate(context: CliContext, options: GlobalOptions, wish: Wish): Promise<ExitCode> {
  const { terminal, clock } = context
  const { nodeName, policy: policyName, treatment, reason, output } = wish
  const cluster = await context.cluster(options)
  const operator = await readOperator(cluster, clock, options)
  warnIfSilent(context, operator)
  if (operator.kind === 'Silent' || operator.kind === 'Absent') return exitCode.operatorSilent

  const user = await callerOf(cluster, context)
  const message = `asked for by ${user}: ${reason}`
  const now = rfc3339(clock.now())
  const manual = await manualRun(cluster, { nodeName, policyName, treatment, user, message, now, purpose: 'manual' })
  const under = await openRunOn(cluster, nodeName)
  if (under !== undefined) {
    const { metadata, status } = under
    terminal.err(
      `error: node ${nodeName} has an open run, ${metadata.name} (${status.step?.name ?? 'Approving'}): watch it, or cancel it first`,
    )
    return exitCode.held
  }
  const plan = await planAsked(cluster, clock, manual.spec)
  if (plan === undefined) {
    terminal.err(`The operator did not answer within ${answerWithinMs / 1_000}s; nothing was created.`)
    return exitCode.timedOut
  }
  if (output === undefined || output === 'wide')
    for (const line of preview(plan, manual, clock.now())) terminal.out(line)
  const held = heldBy(plan)
  if (wish.dryRun === true) return heldCode(held)
  const run = await created(cluster, manual.spec)
  tell(context, { run, plan, held, output })
  if (wish.watch === true) return await followRun(context, options, { run, timeoutMs: wish.timeout, output })
  return heldCode(held)
}

/** Of two runs on one node the elder acts; a second one would only wait for it. */
async function openRunOn(cluster: Cluster, nodeName: string): Promise<NodeRemediation | undefined> {
  const runs = await cluster.list(runKind, { fieldSelector: `spec.node.name=${nodeName}` })
  return runs.find((run) => run.spec?.node.name === nodeName && !run.spec.dryRun && isOpen(run))
}

function preview(plan: NodeRemediation, { spec, otherPolicies }: ManualRun, now: Parameters<typeof planInWords>[1]) {
  const [rung] = spec.treatments
  const others = otherPolicies.join(', ')
  return [
    ...planInWords(plan, now),
    ...(others === '' ? [] : [`Others    ${others} would act on this node, too, and are outranked: --policy chooses`]),
    `On failure the node is quarantined and waits for people: ${orUnknown(rung?.name)} is the only rung`,
  ]
}

const heldBy = ({ status }: NodeRemediation): readonly GateAnswer[] =>
  status.gates.filter(({ result }) => result === 'Hold' || result === 'Unknown')

function heldCode(held: readonly GateAnswer[]): ExitCode {
  if (held.length === 0) return exitCode.done
  return held.every(({ gate }) => gate === 'Approved') ? exitCode.approvalPending : exitCode.held
}

/** The name is derived from the wish: where the answer of a create is lost, the run that it made is found by it. */
async function created(cluster: Cluster, spec: RunSpec): Promise<NodeRemediation> {
  const { node, policyName, cause, requestedBy } = spec
  const name = `nr-${shortHash([policyName, node.uid, cause.episode, requestedBy].join('/'))}`
  try {
    return await cluster.create(runKind, { metadata: { name }, spec })
  } catch (error) {
    const found = error instanceof TimeoutError ? await cluster.get(runKind, { name }) : undefined
    if (found === undefined) throw error
    return found
  }
}

interface Created {
  readonly run: NodeRemediation
  readonly plan: NodeRemediation
  readonly held: readonly GateAnswer[]
  readonly output: Format | undefined
}

function tell({ terminal }: CliContext, { run, plan, held, output }: Created): void {
  const { name } = run.metadata
  if (output === 'json' || output === 'yaml') {
    const { gates, drain } = plan.status
    const value = {
      apiVersion: outputVersion,
      kind: 'RemediationRequested',
      run: named(runKind, run),
      gates,
      drain,
      held,
    }
    printValue(terminal, value, output)
  } else {
    terminal.out(`noderemediation.prunella.dev/${name}${output === 'name' ? '' : ' created'}`)
    if (output !== 'name') terminal.out(`Watch it: prunella watch ${name}`)
  }
  for (const answer of held) terminal.err(`It waits: ${gateInWords(answer)}`)
}
