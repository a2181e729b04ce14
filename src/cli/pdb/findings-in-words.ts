import { wrapped } from '../../domain/explain/wrapped.ts'
import type { BudgetFinding } from '../../domain/surroundings/budget-findings.ts'
import type { CliContext } from '../context.ts'
import { type Format, orNone, outputVersion, printValue } from '../output/format.ts'
import { paint } from '../output/paint.ts'
import { table } from '../output/table.ts'

/** What was found, and among how much. */
export interface Searched {
  readonly findings: readonly BudgetFinding[]
  readonly budgets: number
  readonly pods: number
  /** Nodes that a policy selects. */
  readonly nodes: number
}

export function printFindings({ terminal }: CliContext, searched: Searched, output: Format | undefined): void {
  const { findings } = searched
  if (output === 'json' || output === 'yaml') {
    printValue(terminal, { apiVersion: outputVersion, kind: 'BudgetFindingList', items: findings }, output)
    return
  }
  if (output === 'name') {
    for (const name of new Set(findings.flatMap(({ budgets }) => budgets)))
      terminal.out(`poddisruptionbudget.policy/${name}`)
    return
  }
  if (findings.length > 0) {
    for (const line of tableOf(findings, output === 'wide')) terminal.out(line)
    for (const finding of findings) for (const line of inWords(terminal, finding)) terminal.out(line)
    terminal.out('')
  }
  for (const line of wrapped('', summaryOf(searched), terminal.columns)) terminal.out(line)
}

const shownMax = 2

function tableOf(findings: readonly BudgetFinding[], isWide: boolean): readonly string[] {
  const most = isWide ? Number.POSITIVE_INFINITY : shownMax
  return table(
    ['NAME', 'REASON', 'PODS', 'BLOCKS-NODES'],
    findings.map(({ budgets, reason, pods, nodes }) => [
      some(budgets, most),
      reason,
      String(pods.length),
      nodes.length === 0 ? orNone(undefined) : `${nodes.length}: ${some(nodes, most)}`,
    ]),
  )
}

/** Why, and what would cure it: one sentence each. */
function inWords(terminal: CliContext['terminal'], finding: BudgetFinding): readonly string[] {
  const { budgets, reason, why, cure, needsPeople } = finding
  const named = paint(terminal, needsPeople ? 'Bad' : 'Doubt', `${budgets.join(' and ')}  ${reason}`)
  return [
    '',
    named,
    ...wrapped('  why   ', `${why}.`, terminal.columns),
    ...wrapped('  cure  ', `${cure}.`, terminal.columns),
  ]
}

function summaryOf({ findings, budgets, pods, nodes }: Searched): string {
  const lasting = findings.filter(({ needsPeople }) => needsPeople).length
  const passing = findings.length - lasting
  const blocked = new Set(findings.flatMap((finding) => finding.nodes)).size
  const looked = `Looked at: ${budgets} budgets, ${pods} pods, ${nodes} nodes that a policy may treat.`
  if (findings.length === 0) return `No budget stands in the way of a drain. ${looked}`
  const found = `Findings that need people: ${lasting}; that pass by themselves: ${passing}.`
  return `${found} Nodes whose drain they block right now: ${blocked}. ${looked}`
}

const some = (names: readonly string[], most: number): string =>
  names.length <= most ? names.join(',') : `${names.slice(0, most).join(',')}+${names.length - most}`
