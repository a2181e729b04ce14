import {
  type ControllerName,
  defectsMetric,
  queueAddsMetric,
  queueDepthMetric,
  queueLongestRunningMetric,
  queueRetriesMetric,
  queueRunningMetric,
} from '../api/metric-definitions.ts'
import { seconds } from '../kernel/time.ts'
import type { Meter } from '../ports/meter.ts'
import type { WorkQueue } from './work-queue.ts'
import type { Workers } from './worker.ts'

interface Work {
  readonly queue: Pick<WorkQueue, 'numbers'>
  readonly workers: Pick<Workers, 'defects'>
}

/** Shows how a controller gets on with its work. */
export function showWork(meter: Meter | undefined, controller: ControllerName, { queue, workers }: Work): void {
  if (meter === undefined) return
  meter.gauge(queueDepthMetric).read({ controller }, () => queue.numbers().depth)
  meter.gauge(queueRunningMetric).read({ controller }, () => queue.numbers().processing)
  meter.gauge(queueLongestRunningMetric).read({ controller }, () => queue.numbers().longestRunningMs / seconds(1))
  meter.counter(queueAddsMetric).read({ controller }, () => queue.numbers().adds)
  meter.counter(queueRetriesMetric).read({ controller }, () => queue.numbers().retries)
  meter.counter(defectsMetric).read({ part: controller }, () => workers.defects)
}
