import { join } from 'node:path'
import { kubeconfigPath } from '../control-plane/identities.ts'
import { answersOk } from '../control-plane/look.ts'
import type { Layout } from '../layout.ts'
import { flagsOf } from '../process/flags.ts'
import type { Service } from '../process/service.ts'
import { kubeletLabel } from './nodes.ts'

/** Plays kubelets: it renews the leases of the nodes that are labelled for it, and runs their pods in name only. */
export function kwok(layout: Layout): Service {
  const address = `127.0.0.1:${layout.ports.kwok}`
  return {
    name: 'kwok',
    program: join(layout.bin, 'kwok'),
    args: flagsOf({
      kubeconfig: kubeconfigPath(layout, 'kwok'),
      config: join(import.meta.dirname, 'stages.yaml'),
      'server-address': address,
      'manage-nodes-with-label-selector': `${kubeletLabel}=fake`,
      // renewed every fourth part of it
      'node-lease-duration-seconds': 16,
      // a line for each renewal would be most of the work
      v: 'WARN',
      'node-ip': '127.0.0.1',
      cidr: '10.244.0.0/16',
    }),
    ready: () => answersOk({ url: `http://${address}/healthz` }),
  }
}
