import { setHeartbeat } from '../../../kwok/cluster.ts'
import type { Fault } from '../fault.ts'

/** What no detector on the node could tell: the API server shows it. */
export const clusterFaults: readonly Fault[] = [
  {
    name: 'kubelet-silent',
    group: 'kubelet',
    injected: 'the kubelet renews its Lease no more',
    evidence: 'Real',
    signal: { lease: { silentSeconds: 20 } },
    diagnosis: 'node-dead',
    class: 'Fault',
    strike: ({ kubectl, name }) => setHeartbeat(kubectl, name, false),
    limitSeconds: 30,
  },
]
