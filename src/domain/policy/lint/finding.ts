/** Error: the policy is refused, or does nothing. Warning: it is taken, and is probably not what its author meant. */
export interface LintFinding {
  readonly severity: 'Error' | 'Warning'
  /** Which rule says so, for those who filter: `unreachable-diagnosis`. */
  readonly rule: string
  /** As in `spec.diagnoses[1].when`. */
  readonly field: string
  readonly message: string
}

export const warning = (rule: string, field: string, message: string): LintFinding => ({
  severity: 'Warning',
  rule,
  field,
  message,
})
