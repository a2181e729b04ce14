import { type NodeRemediation, runKind, type StepRecord } from '../../api/v1alpha1/node-remediation.ts'
import { conditionOf } from '../../domain/explain/attention.ts'
import { orUnknown } from '../../domain/explain/or-unknown.ts'
import { newsOf } from '../../domain/explain/run-news.ts'
import { treeOf } from '../../domain/explain/run-tree.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { durationInWords, rfc3339, seconds } from '../../kernel/time.ts'
import type { CliContext, GlobalOptions } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type Format, named } from '../output/format.ts'
import { renderTree } from './render-tree.ts'
import { RunFollowed } from './run-followed.ts'
import { SurroundingsSeen } from './surroundings-seen.ts'

export interface Following {
  readonly run: NodeRemediation
  /** Undefined: until the run ends. */
  readonly timeoutMs: number | undefined
  readonly output: Format | undefined
}

/** Ages are shown in seconds. */
const tickMs = seconds(1)

/** Shows one run until it ends, and answers with its result. The run goes on without the view. */
export async function followRun(context: CliContext, options: GlobalOptions, following: Following): Promise<ExitCode> {
  const { clock, terminal } = context
  const [cluster, transport] = [await context.cluster(options), await context.transport(options)]
  const interrupted = context.interruption()
  const followed = new RunFollowed({ clock, cluster, transport }, following.run)
  const surroundings = new SurroundingsSeen(clock, cluster, options)
  const show = viewOf(context, following.output)
  const began = clock.mono()
  const { name } = following.run.metadata
  try {
    for (;;) {
      const { sight, problem } = followed
      if (sight.kind === 'Gone') {
        terminal.err(`Run ${name} was deleted: how it ended is not known.`)
        return exitCode.unsuccessful
      }
      const { run } = sight
      surroundings.look(run)
      show({ run, surroundings, problem })
      const result = resultOf(run)
      if (result !== undefined) return result
      const waitedMs = clock.mono() - began
      if (interrupted.aborted) return left(context, run, interruptedView)
      if (following.timeoutMs !== undefined && waitedMs >= following.timeoutMs)
        return left(context, run, { why: `Timed out after ${durationInWords(waitedMs)}`, code: exitCode.timedOut })
      const leftMs = following.timeoutMs === undefined ? tickMs : following.timeoutMs - waitedMs
      await followed.pause(Math.min(tickMs, leftMs), interrupted)
    }
  } finally {
    followed.stop()
  }
}

interface Leaving {
  readonly why: string
  readonly code: ExitCode
}

const interruptedView: Leaving = { why: 'Interrupted', code: exitCode.interrupted }

function left({ terminal }: CliContext, { metadata, status }: NodeRemediation, { why, code }: Leaving): ExitCode {
  const step = status.step?.name ?? 'Approving'
  terminal.err(`${why}. The run goes on (${step}): prunella watch ${metadata.name}`)
  return code
}

/** Undefined: it goes on. What waits for a person is not waited for, unless somebody has answered. */
export function resultOf({ spec, status }: NodeRemediation): ExitCode | undefined {
  const { step } = status
  if (step?.name === 'Quarantined') return isAnswered(spec, step) ? undefined : exitCode.unsuccessful
  if (step?.name !== 'Done') return undefined
  const verdict = conditionOf(status.conditions, spec?.dryRun === true ? 'Planned' : 'Succeeded')
  if (verdict?.status === 'True') return exitCode.done
  const isAboutApproval = step.outcome === 'ApprovalExpired' || step.outcome === 'ApprovalRejected'
  return isAboutApproval ? exitCode.approvalPending : exitCode.unsuccessful
}

const isAnswered = (spec: NodeRemediation['spec'], { retry = 0 }: StepRecord): boolean =>
  spec !== undefined && (spec.cancel !== undefined || spec.retry > retry)

interface Shown {
  readonly run: NodeRemediation
  readonly surroundings: SurroundingsSeen
  readonly problem: string | undefined
}

type View = (shown: Shown) => void

function viewOf(context: CliContext, output: Format | undefined): View {
  if (output === 'json' || output === 'yaml') return objectsView(context)
  if (output === 'name') return () => {}
  return context.terminal.redraw === undefined ? linesView(context) : treeView(context)
}

/** Drawn again on every change, and every second: ages grow. */
const treeView =
  ({ terminal, clock }: CliContext): View =>
  ({ run, surroundings, problem }) => {
    const now = clock.now()
    const tree = treeOf({ run, now, ...surroundings.around })
    const footer = footerOf({ run, surroundings, problem })
    terminal.redraw?.((columns) => [...renderTree(tree, { terminal, columns, now }), ...footer])
  }

/** Without a terminal one line for each thing that happens, and no ages. */
function linesView({ terminal, clock }: CliContext): View {
  const told = new Set<string>()
  const tell = (key: string, line: string): void => {
    if (told.has(key)) return
    told.add(key)
    terminal.out(safeText(line, Number.POSITIVE_INFINITY))
  }
  return (shown) => {
    const { run } = shown
    tell('run', headOf(run))
    for (const { key, at, text } of newsOf(run)) tell(key, `${rfc3339(at ?? clock.now())}  ${text}`)
    for (const line of footerOf(shown)) tell(line, line)
    const { step } = run.status
    if (step?.name === 'Done') tell('result', `${run.metadata.name} is over: ${orUnknown(step.outcome)}`)
  }
}

function headOf({ metadata, spec }: NodeRemediation): string {
  const rungs = (spec?.treatments ?? []).map(({ name }) => name).join(', then ')
  return `${metadata.name} on ${orUnknown(spec?.node.name)}, policy ${orUnknown(spec?.policyName)}: ${rungs}`
}

/** One line of JSON for each version of the run. */
function objectsView({ terminal }: CliContext): View {
  let last = ''
  return ({ run }) => {
    if (run.metadata.resourceVersion === last) return
    last = run.metadata.resourceVersion
    terminal.out(JSON.stringify(named(runKind, run)))
  }
}

/** What stands between the reader and the truth. */
function footerOf({ surroundings, problem }: Shown): readonly string[] {
  const { operator, problems } = surroundings
  const silent =
    operator.kind === 'Silent' || operator.kind === 'Absent'
      ? [`The operator is ${operator.kind === 'Silent' ? 'silent' : 'absent'}: nothing is done to the node meanwhile.`]
      : []
  const unanswered =
    problem === undefined ? [] : [`The API server does not answer: ${problem}. Shown is what was seen last.`]
  return [...silent, ...unanswered, ...problems]
}
