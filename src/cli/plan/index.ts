import { nodeKind } from '../../api/core/node.ts'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import { type NodeRemediation, type RunSpec, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type Diagnosis, type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type PreparedPolicy, preparePolicy } from '../../domain/policy/prepared-policy.ts'
import { selectPolicy } from '../../domain/policy/select-policy.ts'
import { shortHash } from '../../kernel/sha256.ts'
import { rfc3339, seconds } from '../../kernel/time.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { NotFoundError } from '../../ports/errors.ts'
import type { CliContext, GlobalOptions, Verb } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, named, printValue, withFormat } from '../output/format.ts'
import { planInWords } from './plan-in-words.ts'

interface PlanOptions {
  readonly output?: Format
  readonly treatment?: string
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
      .option('--require-clear', 'exit with 3 when a gate holds')
    withFormat(command).action(
      async (nodeName: string, plan: PlanOptions) =>
        await run(async (context, options) => await showPlan(context, options, { nodeName, ...plan })),
    )
  },
}

const answerWithinMs = seconds(20)
const lookEveryMs = 200

async function showPlan(
  context: CliContext,
  options: GlobalOptions,
  { nodeName, treatment, output, requireClear }: PlanOptions & { readonly nodeName: string },
): Promise<ExitCode> {
  const { terminal, clock } = context
  const cluster = await context.cluster(options)
  const operator = await readOperator(cluster, clock, options)
  warnIfSilent(context, operator)
  if (operator.kind === 'Silent' || operator.kind === 'Absent') return exitCode.operatorSilent

  const spec = await planSpec(cluster, { nodeName, treatment, user: context.user, now: rfc3339(clock.now()) })
  const name = `plan-${shortHash([nodeName, context.user, clock.now()].join('/'))}`
  const created = await cluster.create(runKind, { metadata: { name }, spec })
  try {
    const answered = await waitForPlan(cluster, context, name)
    if (answered === undefined) {
      terminal.err(`The operator did not answer within ${answerWithinMs / 1_000}s.`)
      return exitCode.timedOut
    }
    if (output === 'json' || output === 'yaml') printValue(terminal, named(runKind, answered), output)
    else if (output === 'name') terminal.out(`noderemediation.prunella.dev/${name}`)
    else for (const line of planInWords(answered, clock.now())) terminal.out(line)
    const isHeld = answered.status.gates.some(({ result }) => result === 'Hold' || result === 'Unknown')
    return requireClear === true && isHeld ? exitCode.held : exitCode.done
  } finally {
    await cluster.remove(runKind, { name }, { uid: created.metadata.uid })
  }
}

async function waitForPlan(
  cluster: Cluster,
  { clock }: CliContext,
  name: string,
): Promise<NodeRemediation | undefined> {
  const until = clock.mono() + answerWithinMs
  while (clock.mono() < until) {
    const run = await cluster.get(runKind, { name })
    if (run?.status.step?.name === 'Done') return run
    await clock.sleep(lookEveryMs)
  }
  return undefined
}

interface Wish {
  readonly nodeName: string
  readonly treatment: string | undefined
  readonly user: string
  readonly now: string
}

/** The ladder of the diagnosis that stands, else of the policy's first: what would happen if somebody asked for it now. */
async function planSpec(cluster: Cluster, { nodeName, treatment, user, now }: Wish): Promise<RunSpec> {
  const node = await cluster.get(nodeKind, { name: nodeName })
  if (node === undefined) throw new NotFoundError(`nodes "${nodeName}" not found`)
  const prepared = (await cluster.list(policyKind)).flatMap((policy) => preparePolicy(policy) ?? [])
  const selection = selectPolicy(prepared, node)
  if (selection.kind === 'None')
    throw new NotFoundError(`no policy selects node ${nodeName}: see kubectl prunella why ${nodeName}`)
  const { policy } = selection
  const health = await cluster.get(healthKind, { name: nodeName })
  const rule = ruleFor(policy.spec, health?.status.diagnosis?.name)
  return {
    node: {
      name: nodeName,
      uid: node.metadata.uid,
      ...(node.systemUUID === '' ? {} : { systemUUID: node.systemUUID }),
    },
    policyName: policy.name,
    cause: {
      diagnosis: '',
      class: rule?.class ?? 'Fault',
      urgency: 'Immediate',
      confidence: 'High',
      episode: `plan-${now}`,
      when: '',
      signals: [],
      message: `plan asked for by ${user}`,
      detectedTime: now,
    },
    treatments: rungsOf(policy, treatment === undefined ? (rule?.treatments ?? []) : [treatment]),
    dryRun: true,
    requestedBy: user,
    retry: 0,
  }
}

const ruleFor = ({ diagnoses }: PolicySpec, diagnosed: string | undefined): Diagnosis | undefined =>
  diagnoses.find(({ name }) => name === diagnosed) ?? diagnoses[0]

function rungsOf({ name, spec }: PreparedPolicy, rungs: readonly string[]): RunSpec['treatments'] {
  const found = rungs.flatMap((rung) => spec.treatments.filter((treatment) => treatment.name === rung))
  if (found.length > 0) return found
  const known = spec.treatments.map((treatment) => treatment.name).join(', ')
  throw new NotFoundError(`policy ${name} has no rung ${rungs.join(', ')}; it has ${known}`)
}
