import type { Scenario } from '../scenario/scenario.ts'
import { kernelDeadlock } from './kernel-deadlock/scenario.ts'
import { overload } from './overload/scenario.ts'
import { storm } from './storm/scenario.ts'
import { zombieLeader } from './zombie-leader/scenario.ts'

export const scenarios: readonly Scenario[] = [kernelDeadlock, overload, storm, zombieLeader]
