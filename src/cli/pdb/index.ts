import { disruptionBudgetKind } from '../../api/core/neighbours.ts'
import { nodeKind } from '../../api/core/node.ts'
import { podKind } from '../../api/core/pod.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type BudgetFinding, budgetFindings } from '../../domain/surroundings/budget-findings.ts'
import { matcherOf } from '../../kernel/selector.ts'
import type { Cluster } from '../../ports/cluster.ts'
import type { CliContext, GlobalOptions, Verb } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type Format, withFormat } from '../output/format.ts'
import { printFindings, type Searched } from './findings-in-words.ts'

interface CheckOptions {
  readonly namespace?: string
  readonly output?: Format
}

/** Budgets that stand in the way of any drain, found before a node is sick. */
export const pdbVerb: Verb = {
  name: 'pdb',
  declare: (command, run) => {
    command.description('PodDisruptionBudgets that stand in the way of a drain')
    withFormat(
      command
        .command('check')
        .description(
          'budgets that can never be met, and what else would block a drain; exits with 1 where people are needed',
        )
        .option('-n, --namespace <name>', 'only this namespace; every one unless given'),
    ).action(
      async (check: CheckOptions) => await run(async (context, options) => await checkBudgets(context, options, check)),
    )
  },
}

async function checkBudgets(
  context: CliContext,
  options: GlobalOptions,
  { namespace, output }: CheckOptions,
): Promise<ExitCode> {
  const cluster = await context.cluster(options)
  const searched = await search(cluster, namespace)
  printFindings(context, searched, output)
  return searched.findings.some(needsPeople) ? exitCode.error : exitCode.done
}

const needsPeople = (finding: BudgetFinding): boolean => finding.needsPeople

async function search(cluster: Cluster, namespace: string | undefined): Promise<Searched> {
  const query = namespace === undefined ? {} : { namespace }
  const [budgets, pods, nodes, policies] = await Promise.all([
    cluster.list(disruptionBudgetKind, query),
    cluster.list(podKind, query),
    cluster.list(nodeKind),
    cluster.list(policyKind),
  ])
  const selectors = policies.flatMap(({ spec }) => (spec === undefined ? [] : [matcherOf(spec.nodeSelector)]))
  // Before the first policy is written any node may become one of its.
  const selected = nodes.filter(
    ({ metadata }) => selectors.length === 0 || selectors.some((selects) => selects(metadata.labels)),
  )
  const names = new Set(selected.map(({ metadata }) => metadata.name))
  const findings = budgetFindings({ budgets, pods, isSelected: (name) => names.has(name) })
  return { findings, budgets: budgets.length, pods: pods.length, nodes: names.size }
}
