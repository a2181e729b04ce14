import { minutes, seconds } from '../../kernel/time.ts'

/** How long things take in the simulated world. All in milliseconds. */
export interface Timings {
  readonly leaseRenewMs: number
  /** How often a kubelet posts a status in which nothing has changed. */
  readonly statusReportMs: number
  /** From the end of the boot to the first status, and from there until the runtime is ready. */
  readonly kubeletStartMs: number
  readonly runtimeReadyMs: number
  /** How long a kubelet goes on calling its disk full after it is not. */
  readonly pressureHeldMs: number
  readonly bootMs: number
  readonly podStartMs: number
  /** A process that was asked to stop; never longer than its grace period. */
  readonly podStopMs: number
  /** From a line in the kernel log to the condition on the Node. */
  readonly problemDetectionMs: number
  /** Silence after which a Node is Unknown: 50 s since Kubernetes 1.32. */
  readonly nodeMonitorGraceMs: number
  readonly nodeMonitorPeriodMs: number
  /** Between two nodes of one zone whose pods are evicted because they are silent: ten seconds at 0.1 per second. */
  readonly nodeEvictionEveryMs: number
  /** How far controllers lag behind what they watch. */
  readonly controllerLagMs: number
  /** From the deletion of a namespace until what is in it is asked to end. */
  readonly namespaceEmptyMs: number
  /** How long pods stay that are bound to a Node which is gone. */
  readonly orphanQuarantineMs: number
  readonly machineLaunchMs: number
  /** How long a driver takes to attach a volume, or to detach it. */
  readonly volumeAttachMs: number
  /** How long a volume that nobody wants stays on a node that is not Ready and has not let go of it. */
  readonly forceDetachMs: number
  /** How long a power command takes, and how long it is until an unreachable BMC is given up. */
  readonly bmcLatencyMs: number
  readonly bmcTimeoutMs: number
}

export const ordinaryTimings: Timings = {
  leaseRenewMs: seconds(10),
  statusReportMs: minutes(5),
  kubeletStartMs: seconds(3),
  runtimeReadyMs: seconds(2),
  pressureHeldMs: minutes(5),
  bootMs: seconds(60),
  podStartMs: seconds(2),
  podStopMs: seconds(2),
  problemDetectionMs: seconds(2),
  nodeMonitorGraceMs: seconds(50),
  nodeMonitorPeriodMs: seconds(5),
  nodeEvictionEveryMs: seconds(10),
  controllerLagMs: 50,
  namespaceEmptyMs: seconds(5),
  orphanQuarantineMs: seconds(40),
  machineLaunchMs: seconds(40),
  volumeAttachMs: seconds(2),
  forceDetachMs: minutes(6),
  bmcLatencyMs: 50,
  bmcTimeoutMs: seconds(4),
}
