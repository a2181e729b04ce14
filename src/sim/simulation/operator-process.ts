import { defaultNamespace } from '../../api/annotations.ts'
import { startOperator } from '../../controllers/operator.ts'
import type { Journal, Log } from '../../ports/journal.ts'
import type { Loop } from '../loop.ts'
import type { AlertLine } from '../weather/alert-line.ts'
import type { Faults } from '../weather/faults.ts'
import type { MetricLine } from '../weather/metric-line.ts'
import type { Network } from '../weather/network.ts'
import { powerLine } from '../weather/power-line.ts'
import type { Process } from '../weather/process.ts'
import type { ProcessEvent } from '../weather/process-event.ts'
import type { World } from '../world/world.ts'

export const operatorUser = `system:serviceaccount:${defaultNamespace}:prunella`

export interface OperatorSurroundings {
  readonly loop: Loop
  readonly world: World
  readonly faults: Faults
  readonly network: Network
  readonly alerts: AlertLine
  readonly metrics: MetricLine
  readonly seed: number
  readonly log: Log
  readonly journal: Journal
  readonly tell: (event: ProcessEvent) => void
  /** It ended by itself, and that is a defect. */
  readonly onCrash: (message: string) => void
}

/** The program itself, in a new process: it remembers nothing of the ones before. */
export function bootOperator(process: Process, around: OperatorSurroundings): void {
  const { loop, faults, tell, log, journal, seed, world, network, alerts, metrics } = around
  const operator = startOperator(
    {
      clock: process.clock,
      transport: network.transportOf(process),
      power: powerLine(world.power, { loop, faults, process, tell }),
      alerts: [alerts.of(process)],
      metrics: [metrics.of(process)],
      log,
      journal,
    },
    {
      identity: process.name,
      seed: seed + 1_000 * (process.replica.index + 1) + process.start,
      namespace: defaultNamespace,
      nodeName: process.replica.nodeName,
      nodeJobImage: 'registry.example/node-job@sha256:0',
      alertPollSeconds: 15,
      powerGuardGapSeconds: 30,
    },
    process.terminated,
  )
  operator.done.then(
    () => process.end(),
    (error: unknown) => {
      if (process.isAlive) around.onCrash(error instanceof Error ? (error.stack ?? error.message) : String(error))
    },
  )
}
