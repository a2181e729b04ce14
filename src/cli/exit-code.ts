/** What the verbs answer with; scripts rely on it. */
export const exitCode = {
  done: 0,
  error: 1,
  usage: 2,
  held: 3,
  approvalPending: 4,
  unsuccessful: 5,
  forbidden: 6,
  operatorSilent: 7,
  different: 8,
  timedOut: 124,
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
