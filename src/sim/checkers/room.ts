import { podKind, staysInDrain } from '../../api/core/pod.ts'
import { type JsonObject, textAt, textMapAt } from '../../kernel/json.ts'
import { milliCpu } from '../world/control-plane/quantity.ts'
import { requestedCpu } from '../world/control-plane/scheduler.ts'
import { toleratesAll } from '../world/control-plane/tolerations.ts'
import { isFinished, isTerminating, isUnschedulable, labelsOf, nameOf, taintsOf } from '../world/fields.ts'
import type { Truth } from './checker.ts'

/**
 * Whether the pods that a drain of this node would move may find no place: one of them suits no other node, or what is free on those
 * it suits may not be enough. However one packs, a pod is left over only where every node has less than its request to spare.
 */
export function lacksRoom(nodeName: string, truth: Truth): boolean {
  const leaving = truth.world.objects
    .podsOn(nodeName)
    .filter((pod) => !isTerminating(pod) && !isFinished(pod) && !staysInDrain(podKind.project(pod)))
  const asked = leaving.map(requestedCpu)
  const total = asked.reduce((sum, request) => sum + request, 0)
  const others = truth.nodes.filter((node) => nameOf(node) !== nodeName)
  return leaving.some((pod, index) => {
    const suited = others.filter((node) => mayTake(node, pod))
    const free = suited.reduce((sum, node) => sum + freeOn(node, truth), 0)
    return free < total + suited.length * (asked[index] ?? 0) || suited.length === 0
  })
}

function mayTake(node: JsonObject, pod: JsonObject): boolean {
  const labels = labelsOf(node)
  const hard = taintsOf(node).filter(({ effect }) => effect !== 'PreferNoSchedule')
  return (
    !isUnschedulable(node) &&
    !isTerminating(node) &&
    toleratesAll(pod, hard) &&
    Object.entries(textMapAt(pod, 'spec', 'nodeSelector')).every(([key, value]) => labels[key] === value)
  )
}

function freeOn(node: JsonObject, { world }: Truth): number {
  const used = world.objects.podsOn(nameOf(node)).filter((pod) => !isFinished(pod))
  const left =
    milliCpu(textAt(node, 'status', 'allocatable', 'cpu')) - used.reduce((sum, pod) => sum + requestedCpu(pod), 0)
  return Math.max(0, left)
}
