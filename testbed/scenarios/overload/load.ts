import { type JsonObject, textAt } from '../../../src/kernel/json.ts'
import { setCpuRatios } from '../../alerting/metrics.ts'
import type { Layout } from '../../layout.ts'
import type { ObjectWatch } from '../../scenario/object-watch.ts'

/** Load comes from pods and goes with them. Returns how to stop measuring it. */
export function loadFollowsPods(
  layout: Layout,
  { pods, nodeName }: { readonly pods: ObjectWatch; readonly nodeName: string },
): () => void {
  const atFirst = podsOn(pods.current(), nodeName)
  const measure = (): void => setCpuRatios(layout, { [nodeName]: busyRatio(podsOn(pods.current(), nodeName), atFirst) })
  measure()
  const measuring = setInterval(measure, 250)
  return () => clearInterval(measuring)
}

/** From an idle node's share to one without any time left. */
export const busyRatio = (pods: number, podsAtFirst: number): number =>
  Math.round(100 * (0.05 + (0.94 * pods) / Math.max(1, podsAtFirst))) / 100

export const podsOn = (pods: readonly JsonObject[], nodeName: string): number =>
  pods.filter((pod) => textAt(pod, 'spec', 'nodeName') === nodeName).length
