import type { Finding } from './diagnose.ts'

/** A diagnosis that one process has seen for as long as it must hold, on its own clock. */
export interface RipeDiagnosis {
  /** As `ripeKey` makes it. */
  readonly key: string
  /** By signal that it rests on: since when its source said so. Another beginning would be another hold. */
  readonly saidSince: Readonly<Record<string, string>>
}

export const ripeKey = (policyName: string, diagnosisName: string): string => `${policyName}/${diagnosisName}`

/** One at most per policy. */
export const ripeOf = (findings: ReadonlyMap<string, Finding>): readonly RipeDiagnosis[] =>
  [...findings].flatMap(([policyName, finding]) => {
    if (finding.kind !== 'Matched' || finding.held.length > 0) return []
    const said = finding.signals.flatMap(({ claim: { name, saidSince } }) =>
      saidSince === undefined ? [] : [[name, saidSince] as const],
    )
    return [{ key: ripeKey(policyName, finding.diagnosis.name), saidSince: Object.fromEntries(said) }]
  })
