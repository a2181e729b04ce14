import { type Instant, rfc3339Micro } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { uidOf } from '../fields.ts'
import type { Objects } from '../objects.ts'

const leases = 'leases.coordination.k8s.io'
const namespace = 'kube-node-lease'

export interface LeaseParts {
  readonly objects: Objects
  readonly api: WorldClient
}

/** As a kubelet does it: created where it is missing, and only under a Node that is there. */
export function renewNodeLease({ objects, api }: LeaseParts, name: string, now: Instant): void {
  const node = objects.get('nodes', { name })
  if (node === undefined) return
  const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: rfc3339Micro(now) }
  if (objects.get(leases, { namespace, name }) !== undefined) {
    api.patch(leases, { namespace, name }, { spec })
    return
  }
  api.create(leases, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace, name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: uidOf(node) }] },
    spec,
  })
}
