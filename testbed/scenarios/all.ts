import type { Scenario } from '../scenario/scenario.ts'
import { kernelDeadlock } from './kernel-deadlock/scenario.ts'
import { overload } from './overload/scenario.ts'

export const scenarios: readonly Scenario[] = [kernelDeadlock, overload]
