import type { DiagnosisRecord } from '../../api/v1alpha1/grade.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { minutes, parseTime, seconds } from '../../kernel/time.ts'

/** By name, as many as an object may carry. */
const diagnosesMax = 32

/**
 * What rehearsals and runs came to, by diagnosis. Counted from the runs that are kept, never added up: a crash counts nothing twice,
 * and the record reaches back as far as the policy's `history`.
 */
export function trackRecordOf(runs: readonly NodeRemediation[]): readonly DiagnosisRecord[] {
  const records = new Map<string, Record<Count, number>>()
  for (const run of runs) {
    const counts = countsOf(run)
    const diagnosis = run.spec?.cause.diagnosis ?? ''
    if (diagnosis === '' || counts.length === 0) continue
    const record = records.get(diagnosis) ?? { ...nothing }
    for (const count of counts) record[count] += 1
    records.set(diagnosis, record)
  }
  return [...records]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .slice(0, diagnosesMax)
    .map(([diagnosis, record]) => ({ diagnosis, ...record }))
}

type Count = Exclude<keyof DiagnosisRecord, 'diagnosis'>

const nothing: Readonly<Record<Count, number>> = {
  rehearsed: 0,
  right: 0,
  early: 0,
  needless: 0,
  unknown: 0,
  pending: 0,
  acted: 0,
  helped: 0,
}

const helpful: readonly (string | undefined)[] = ['NodeRecovered', 'NodeRelieved', 'NodeReplaced']

function countsOf(run: NodeRemediation): readonly Count[] {
  const { spec, status } = run
  if (spec?.dryRun === true) return status.step?.outcome === 'WouldHaveActed' ? ['rehearsed', judged(run)] : []
  const isOver = status.step?.name === 'Done' || status.step?.name === 'Quarantined'
  if (status.startTime === undefined || !isOver) return []
  return helpful.includes(status.step?.outcome) ? ['acted', 'helped'] : ['acted']
}

function judged(run: NodeRemediation): Count {
  switch (run.status.grade?.verdict) {
    case 'StillSick':
    case 'RebootedByHand':
    case 'Replaced':
      return 'right'
    case 'RecoveredAlone':
      return wasEarly(run) ? 'early' : 'needless'
    case 'Unknown':
      return 'unknown'
    default:
      return 'pending'
  }
}

const shortMs = minutes(10)

/**
 * So soon that a longer hold would have waited for it: within the longest hold of the cause once more, or ten minutes, whichever is
 * longer. A hold of a minute may well become ten; nobody holds a dead node for hours.
 */
function wasEarly({ spec, status }: NodeRemediation): boolean {
  const [since, recoveredAt] = [parseTime(status.completionTime), parseTime(status.grade?.time)]
  if (since === undefined || recoveredAt === undefined) return false
  const holds = (spec?.cause.signals ?? []).map(({ holdSeconds }) => seconds(holdSeconds))
  return recoveredAt - since <= Math.max(shortMs, ...holds)
}
