/** What `design` promises, and what others have published of theirs. */
export interface Target {
  readonly name: string
  readonly unit: 's' | 'ms' | 'MB' | ''
  readonly atMost: number
}

export interface Judged extends Target {
  readonly measured: number
  readonly verdict: 'met' | 'missed'
}

export const judged = (name: string, unit: Target['unit'], [measured, atMost]: readonly [number, number]): Judged => ({
  name,
  unit,
  measured,
  atMost,
  verdict: measured <= atMost ? 'met' : 'missed',
})

/** Of other machines and other clusters: for scale, not for a contest. */
export const publishedByOthers: readonly string[] = [
  'NVSentinel, 50,000 nodes: time to cordon p50 26 ms, p99 165 ms, max 373 ms',
  'NVSentinel, 100,005 nodes: 51 GB in its components; drainer 16 MB for 1,000 drainable pods',
  'medik8s NodeHealthCheck, on this bed, 1,000 kwok nodes, hold 1 s: 17 to 29 s from condition to remediation object; storm of 300: 80 s',
  'Karpenter: 1,000 pods scaled out in less than 2 min, P95 memory below 260 MB',
  'kube-router: more than 200 MB for 15,000 pods in an informer; transformed ones about ten times less (SumoLogic)',
  'Kubernetes SIG Scalability: p99 of writes and single reads at most 1 s with 5,000 nodes and 150,000 pods',
]
