import type { Sabotage } from './sabotage.ts'

const remediation = (file: string): string => `src/domain/remediation/${file}`
const script = 'src/controllers/remediation/node-job-script.ts'

/** What is ordered on a node itself: when, by whom, and what counts as done. */
export const sabotagesOfNodeJobs: readonly Sabotage[] = [
  {
    name: 'the job is left on the node',
    invariant: 'I18',
    file: remediation('node-job.ts'),
    cut: 'if (job === undefined) return undefined\n',
    paste: 'if (job === undefined || job.uid !== undefined) return undefined\n',
  },
  {
    name: 'the job takes whatever boot it finds',
    invariant: 'I18',
    file: remediation('node-job.ts'),
    cut: 'expectedBootID: step.bootID,',
    paste: "expectedBootID: '',",
  },
  {
    name: 'an order to a node has no last moment',
    invariant: 'I18',
    file: remediation('node-job.ts'),
    cut: 'notAfter: rfc3339(step.deadline),',
    paste: "notAfter: '2999-01-01T00:00:00.000Z',",
  },
  {
    name: 'the job of another rung is taken for the own one',
    invariant: 'I18',
    file: remediation('node-job.ts'),
    cut: 'job.order === orderOf(step) ||',
    paste: 'job.order !== orderOf({ ...step, rung: -1 }) ||',
  },
  {
    name: 'a job is ordered beside another one on the node',
    invariant: 'I18',
    file: remediation('node-job.ts'),
    cut: 'if (other !== undefined) return stay(',
    paste: "if (other === '') return stay(",
  },
  {
    name: 'a late order is left to its job',
    invariant: 'I18',
    file: remediation('decide.ts'),
    cut: 'if (isAtRest || seen.job === undefined',
    paste: 'if (!isAtRest || seen.job === undefined',
  },
  {
    name: 'a disk need not be below its target',
    invariant: 'I17',
    file: remediation('in-place.ts'),
    cut: 'worked: after < belowPercent',
    paste: 'worked: after <= 100',
  },
  {
    name: 'a service need not have started anew',
    invariant: 'I17',
    file: remediation('in-place.ts'),
    cut: 'worked: after > before',
    paste: 'worked: after >= 0',
  },
  {
    name: 'the word of a job under another boot counts',
    invariant: 'I17',
    file: remediation('in-place.ts'),
    cut: '  if (result.bootID !== step.bootID) return undefined\n',
    paste: '',
  },
  {
    name: 'what a job says is taken as it is written',
    invariant: 'I17',
    file: 'src/api/node-job-result.ts',
    cut: 'const resultSchema = z.strictObject({',
    paste: 'const resultSchema = z.object({',
  },
  {
    name: 'whatever service a run names is restarted',
    invariant: 'I10',
    file: 'src/domain/surroundings/provider-ready.ts',
    cut: 'services.includes(service)',
    paste: 'services.length > 0',
  },
  {
    name: 'the node restarts whatever it is told to',
    invariant: 'I10',
    file: script,
    cut: '*" $SERVICE "*) service=$SERVICE ;;',
    paste: '*) service=$SERVICE ;;',
  },
  {
    name: 'the node does not look which boot it is in',
    invariant: 'I18',
    file: script,
    cut: '[ "$boot" = "$EXPECTED_BOOT_ID" ] || end WrongBoot\n',
    paste: '',
  },
  {
    name: 'the node takes a late order',
    invariant: 'I18',
    file: script,
    cut: '! is_past || end TooLate\ncase $TASK in',
    paste: 'case $TASK in',
  },
  {
    name: 'a rung in place moves the pods first',
    invariant: 'I14',
    file: 'src/api/v1alpha1/treatment.ts',
    cut: "(isInPlace(treatment) ? 'Skip' : 'Full')",
    paste: "(isInPlace(treatment) ? 'Full' : 'Full')",
  },
]
