import { join } from 'node:path'
import { karpenterCrds } from '../build/assets.ts'
import { kubeconfigPath } from '../control-plane/identities.ts'
import { answersOk } from '../control-plane/look.ts'
import type { Kubectl } from '../kubectl.ts'
import type { Layout } from '../layout.ts'
import type { Service } from '../process/service.ts'

/** Karpenter with its kwok provider, whose nodes kwok then plays. */
export function karpenter(layout: Layout): Service {
  return {
    name: 'karpenter',
    program: join(layout.bin, 'karpenter'),
    args: [],
    env: {
      KUBECONFIG: kubeconfigPath(layout, 'karpenter'),
      DISABLE_LEADER_ELECTION: 'true',
      METRICS_PORT: String(layout.ports.karpenterMetrics),
      HEALTH_PROBE_PORT: String(layout.ports.karpenterHealth),
    },
    ready: () => answersOk({ url: `http://127.0.0.1:${layout.ports.karpenterHealth}/readyz` }),
  }
}

/** Before it starts: it ends when its kinds are not there. */
export async function installKarpenterKinds(layout: Layout, kubectl: Kubectl): Promise<void> {
  await kubectl.run(['apply', '--server-side', `--filename=${karpenterCrds(layout)}`])
  await kubectl.run(['wait', '--for=condition=Established', '--timeout=20s', `--filename=${karpenterCrds(layout)}`])
}

export const installNodePool = (kubectl: Kubectl): Promise<string> =>
  kubectl.run(['apply', `--filename=${join(import.meta.dirname, 'nodepool.yaml')}`])
