import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { isOpen, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { shortHash } from '../../kernel/sha256.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import type { Finding } from './diagnose.ts'
import type { Bout, SignalMemory } from './signal-memory.ts'

export interface BoutView {
  readonly nodeUID: string
  readonly now: Instant
  readonly stored: NodeHealth | undefined
  /** Every run on this node, whatever its state. */
  readonly runs: readonly NodeRemediation[]
}

/**
 * The bout to which a finding belongs. It lasts as long as the diagnosis does, across doubt, restarts and changes of leader, so
 * what the last leader stored goes before what this replica saw; a run that is over while the diagnosis still stands ends it, or
 * no second run could bear another name.
 */
export function boutOf(
  { name }: Pick<PreparedPolicy, 'name'>,
  finding: Finding,
  { memory, view }: { readonly memory: SignalMemory; readonly view: BoutView },
): Bout | undefined {
  const known = [storedBout(name, view.stored), memory.bouts[name]].filter((bout) => bout !== undefined)
  if (finding.kind === 'Unknown') return known[0]
  if (finding.kind === 'None') return undefined
  const diagnosis = finding.diagnosis.name
  const standing = known.find((bout) => bout.diagnosis === diagnosis)
  const over = standing && endOfLastRun(standing.episode, view.runs)
  if (standing !== undefined && over === undefined) return standing
  const since = standing?.since ?? firstSeen(finding, view.now)
  const key = [view.nodeUID, name, diagnosis, since, over ?? ''].join('/')
  return { diagnosis, since, episode: shortHash(key) }
}

const firstSeen = (finding: Finding & { kind: 'Matched' }, now: Instant): Instant =>
  finding.signals.map(({ since }) => since).toSorted((left, right) => left - right)[0] ?? now

function storedBout(policyName: string, stored: NodeHealth | undefined): Bout | undefined {
  const { diagnosis } = stored?.status ?? {}
  const since = parseTime(diagnosis?.since)
  if (stored?.spec?.policyName !== policyName || diagnosis === undefined || since === undefined) return undefined
  return { diagnosis: diagnosis.name, since, episode: diagnosis.episode }
}

/** When the run of this episode was over. Rehearsals are followed up and never repeated within one. */
function endOfLastRun(episode: string, runs: readonly NodeRemediation[]): Instant | undefined {
  const finished = runs.filter((run) => run.spec?.cause.episode === episode && !run.spec.dryRun && !isOpen(run))
  const ends = finished
    .map(({ status }) => parseTime(status.completionTime ?? status.step?.since))
    .filter((end) => end !== undefined)
  return ends.toSorted((left, right) => right - left)[0]
}
