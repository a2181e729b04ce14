import type { TransportRequest } from '../../ports/transport.ts'

/** What is said for people only, or said again as often as needed: a kill there is told by the plain enumeration already. */
const words = [
  /\/apis\/coordination\.k8s\.io\//,
  /\/apis\/events\.k8s\.io\//,
  /\/nodehealths(\/|$)/,
  /\/noderemediationpolicies\//,
  /\/remediationguards\//,
]

/** Changes a node, a pod, a machine, the ledger or a run. */
export const isLasting = ({ method, path }: TransportRequest): boolean =>
  method !== 'GET' && !words.some((word) => word.test(path))
