import type { Fault } from '../fault.ts'
import { alertFaults } from './alerts.ts'
import { clusterFaults } from './cluster.ts'
import { logFaults } from './log-lines.ts'
import { realFaults } from './real.ts'
import { recordedFaults } from './recorded.ts'

export const faults: readonly Fault[] = [
  ...logFaults,
  ...realFaults,
  ...recordedFaults,
  ...alertFaults,
  ...clusterFaults,
]
