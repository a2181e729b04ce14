import type { DiagnosisRecord } from '../../api/v1alpha1/grade.ts'

/** Fewer say nothing: one node that recovers would be a third of them. */
const tellingMin = 3
/** From here on acting is what people did anyway. */
const rightShareMin = 0.9

/** What the record of one diagnosis asks of its policy, in one sentence. */
export function adviceOf({ right, early, needless, acted, helped }: DiagnosisRecord): string {
  const graded = right + early + needless
  if (graded < tellingMin && acted > 0) return `its treatments helped ${helped} of ${acted} times`
  if (graded < tellingMin) return `too few grades to tell: ${graded}, wait for ${tellingMin}`
  if (right / graded >= rightShareMin) return `acting would have been right ${right} of ${graded} times`
  if (early >= needless) return `a longer holdSeconds would have waited for ${early} of ${graded}`
  return `${needless} of ${graded} came back alone, late: make \`when\` narrower, or ask people (Approve)`
}

/** Over all diagnoses. Undefined: nothing was rehearsed. */
export function totalsInWords(records: readonly DiagnosisRecord[]): string | undefined {
  const total = (count: (record: DiagnosisRecord) => number): number =>
    records.reduce((sum, record) => sum + count(record), 0)
  const rehearsed = total((record) => record.rehearsed)
  if (rehearsed === 0) return undefined
  const parts = [
    `${total((record) => record.right)} right`,
    `${total((record) => record.early)} early`,
    `${total((record) => record.needless)} needless`,
    `${total((record) => record.pending)} still watched`,
  ]
  return `${rehearsed} (${parts.join(', ')})`
}
