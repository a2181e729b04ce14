/** Annotations of ours on a Node while a run holds it. A cordon of ours is told by them, and undone only with them. */
export const annotation = {
  /** UID of the run that cordoned the node. */
  cordonedByRun: 'prunella.dev/cordoned-by-run',
  /** `true` or `false`: `spec.unschedulable` before us. */
  cordonBefore: 'prunella.dev/cordon-before',
  /** Name of the run, for people. */
  run: 'prunella.dev/run',
  /** On a node job: which rung of which try ordered it. */
  order: 'prunella.dev/order',
  /** Why, for people. */
  reason: 'prunella.dev/reason',
  /** Which of the autoscalers' marks are ours, comma-separated. */
  marks: 'prunella.dev/keep-off-marks',
  /** Set by people: leave this node alone. The value is the reason, or JSON `{reason, until}`. */
  exclude: 'prunella.dev/exclude',
} as const

/** Marks by which the autoscalers keep off. Set only where absent, removed only where ours. */
export const keepOffMarks = [
  'cluster-autoscaler.kubernetes.io/scale-down-disabled',
  'karpenter.sh/do-not-disrupt',
] as const

/** Finalizer of an active run: its clean-up must happen before it goes. */
export const runFinalizer = 'prunella.dev/release'

/** The namespace of the operator unless told otherwise: its Lease, BMC secrets and node jobs live here. */
export const defaultNamespace = 'prunella-system'

/** On every job on a node, and on its pod. */
export const nodeJobLabels = {
  'app.kubernetes.io/managed-by': 'prunella',
  'app.kubernetes.io/component': 'node-job',
} as const

/** The Secret that says how the BMC of a node is reached. */
export const bmcSecretName = (nodeName: string): string => `bmc-${nodeName}`
