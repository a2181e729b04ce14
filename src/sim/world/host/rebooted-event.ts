import { type JsonObject, textAt } from '../../../kernel/json.ts'
import type { Instant } from '../../../kernel/time.ts'
import { kubeTime, nameOf, uidOf } from '../fields.ts'

/** What a kubelet says when the stored boot ID is not that of this boot; twice, where a late word of the boot before came between. */
export function rebootedEvent(node: JsonObject, bootID: string, now: Instant): JsonObject | undefined {
  const before = textAt(node, 'status', 'nodeInfo', 'bootID') ?? ''
  if (before === '' || before === bootID) return undefined
  const name = nameOf(node)
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: 'default', name: `${name}.${bootID}.${now.toString(16)}` },
    involvedObject: { kind: 'Node', name, uid: uidOf(node), apiVersion: 'v1' },
    reason: 'Rebooted',
    message: `Node ${name} has been rebooted, boot id: ${bootID}`,
    type: 'Warning',
    source: { component: 'kubelet', host: name },
    reportingComponent: 'kubelet',
    reportingInstance: name,
    firstTimestamp: kubeTime(now),
    lastTimestamp: kubeTime(now),
    count: 1,
  }
}
