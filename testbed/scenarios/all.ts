import type { Scenario } from '../scenario/scenario.ts'
import { apiserverOutage } from './apiserver-outage/scenario.ts'
import { blockedDrain } from './blocked-drain/scenario.ts'
import { compaction } from './compaction/scenario.ts'
import { detection } from './detection/scenario.ts'
import { kernelDeadlock } from './kernel-deadlock/scenario.ts'
import { killedAtRandom } from './killed-at-random/scenario.ts'
import { observe } from './observe/scenario.ts'
import { overload } from './overload/scenario.ts'
import { partition } from './partition/scenario.ts'
import { realDiskFull } from './real-disk-full/scenario.ts'
import { realKernelDeadlock } from './real-kernel-deadlock/scenario.ts'
import { realNodePower } from './real-node-power/scenario.ts'
import { realPartition } from './real-partition/scenario.ts'
import { realRedfish } from './real-redfish/scenario.ts'
import { realRuntimeDead } from './real-runtime-dead/scenario.ts'
import { skewedClock } from './skewed-clock/scenario.ts'
import { sourceFailures } from './source-failures/scenario.ts'
import { storm } from './storm/scenario.ts'
import { unreadableNamespace } from './unreadable-namespace/scenario.ts'
import { zombieLeader } from './zombie-leader/scenario.ts'

export const scenarios: readonly Scenario[] = [
  kernelDeadlock,
  overload,
  storm,
  partition,
  apiserverOutage,
  zombieLeader,
  skewedClock,
  compaction,
  blockedDrain,
  unreadableNamespace,
  killedAtRandom,
  observe,
  detection,
  sourceFailures,
  realNodePower,
  realKernelDeadlock,
  realDiskFull,
  realPartition,
  realRuntimeDead,
  realRedfish,
]
