import type { Nature } from '../nature.ts'
import { runAttachDetach } from '../volumes/attach-detach.ts'
import { runExternalAttacher } from '../volumes/external-attacher.ts'
import { runVolumeProvisioner } from '../volumes/provisioner.ts'
import { runDaemonSets } from './daemon-set.ts'
import { runDeployments } from './deployment.ts'
import { runDisruption } from './disruption.ts'
import { runJobs } from './job.ts'
import { runNodeLifecycle } from './node-lifecycle.ts'
import { runNodeTaints } from './node-taints.ts'
import { runPodGC } from './pod-gc.ts'
import { runReplicaSets } from './replica-set.ts'
import { runScheduler } from './scheduler.ts'
import { runStatefulSets } from './stateful-set.ts'
import { runTaintEviction } from './taint-eviction.ts'

/** kube-controller-manager and kube-scheduler, as far as nodes and their pods need them. Garbage is collected by the API server itself. */
export function runControlPlane(nature: Nature): void {
  runNodeLifecycle(nature)
  runNodeTaints(nature)
  runTaintEviction(nature)
  runPodGC(nature)
  runScheduler(nature)
  runReplicaSets(nature)
  runDeployments(nature)
  runStatefulSets(nature)
  runDaemonSets(nature)
  runJobs(nature)
  runDisruption(nature)
  runVolumeProvisioner(nature)
  runAttachDetach(nature)
  runExternalAttacher(nature)
}
