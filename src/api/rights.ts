import { defaultNamespace } from './annotations.ts'
import { group as ownGroup } from './v1alpha1/schema.ts'

type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete' | 'approve'

/** What may be done with which objects. */
export interface Right {
  readonly group: string
  readonly resources: readonly string[]
  readonly verbs: readonly Verb[]
  /** Only within this namespace; left out: everywhere. */
  readonly namespace?: string
  /** Only these objects; left out: all. */
  readonly names?: readonly string[]
}

export const identities = ['observer', 'actor', 'fencer'] as const
export type IdentityName = (typeof identities)[number]

export interface Identity {
  readonly description: string
  readonly rights: readonly Right[]
}

/** The Lease that says which replica leads. */
export const leaseName = 'prunella'

const read = ['get', 'list', 'watch'] as const satisfies readonly Verb[]

/**
 * All that the operator may ever do, by the three identities that it is made of. In mode Observe only the first is granted, so
 * that whoever doubts can ask the API server.
 */
export const operatorRights: Readonly<Record<IdentityName, Identity>> = {
  observer: {
    description: 'Sees the cluster and writes what it thinks of it: our own group, our Lease, Events.',
    rights: [
      { group: '', resources: ['nodes', 'pods'], verbs: read },
      { group: 'policy', resources: ['poddisruptionbudgets'], verbs: read },
      { group: 'apps', resources: ['daemonsets', 'replicasets', 'statefulsets'], verbs: read },
      { group: 'karpenter.sh', resources: ['nodeclaims'], verbs: read },
      // who else may be at work on a node; a cluster serves some of these, or none
      { group: 'cluster.x-k8s.io', resources: ['machines'], verbs: read },
      { group: 'machine.openshift.io', resources: ['machines'], verbs: read },
      { group: 'remediation.medik8s.io', resources: ['nodehealthchecks'], verbs: read },
      { group: 'nodemaintenance.medik8s.io', resources: ['nodemaintenances'], verbs: read },
      { group: 'atlassian.com', resources: ['cyclenodestatuses', 'cyclenoderequests'], verbs: read },
      // those of nodes, and those of medik8s, whose namespace is not in every cluster: a Role would have no place there
      { group: 'coordination.k8s.io', resources: ['leases'], verbs: read },
      { group: '', resources: ['events'], verbs: read },
      { group: 'events.k8s.io', resources: ['events'], verbs: [...read, 'create', 'patch'] },
      { group: ownGroup, resources: ['noderemediationpolicies', 'remediationguards'], verbs: read },
      { group: ownGroup, resources: ['remediationpauses', 'remediationapprovals'], verbs: read },
      { group: ownGroup, resources: ['nodehealths'], verbs: [...read, 'create', 'patch', 'delete'] },
      { group: ownGroup, resources: ['noderemediations'], verbs: [...read, 'create', 'patch', 'delete'] },
      // never created by the operator: an empty ledger that it made itself would forget who holds a slot
      { group: ownGroup, resources: ['disruptionledgers'], verbs: [...read, 'patch'] },
      {
        group: ownGroup,
        resources: ['noderemediationpolicies/status', 'remediationguards/status', 'noderemediations/status'],
        verbs: ['patch'],
      },
      { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['create'], namespace: defaultNamespace },
      {
        group: 'coordination.k8s.io',
        resources: ['leases'],
        verbs: ['get', 'patch'],
        namespace: defaultNamespace,
        names: [leaseName],
      },
    ],
  },
  actor: {
    description: 'Cordons, drains and replaces. Granted only where a policy may act.',
    rights: [
      { group: '', resources: ['nodes'], verbs: ['patch'] },
      { group: '', resources: ['pods/eviction'], verbs: ['create'] },
      { group: 'karpenter.sh', resources: ['nodeclaims'], verbs: ['delete'] },
    ],
  },
  fencer: {
    description:
      'Runs jobs on nodes and speaks to BMCs. Granted only where a policy may act, and only in our namespace.',
    rights: [
      { group: 'batch', resources: ['jobs'], verbs: [...read, 'create', 'delete'], namespace: defaultNamespace },
      { group: '', resources: ['secrets'], verbs: ['get'], namespace: defaultNamespace },
    ],
  },
}

export interface UserRole {
  readonly name: string
  readonly description: string
  /** Whoever may view, edit or administer the cluster may do this too. */
  readonly aggregated: boolean
  readonly rights: readonly Right[]
}

const view: Right = {
  group: ownGroup,
  resources: [
    'noderemediationpolicies',
    'remediationguards',
    'remediationpauses',
    'nodehealths',
    'noderemediations',
    'remediationapprovals',
    'disruptionledgers',
  ],
  verbs: read,
}

/** For people. Bound to nobody. */
export const userRoles: readonly UserRole[] = [
  {
    name: 'prunella-view',
    description: 'Reads everything of ours.',
    aggregated: true,
    rights: [view],
  },
  {
    name: 'prunella-oncall',
    description: 'Pauses and resumes; plans, cancels and retries runs.',
    aggregated: false,
    rights: [
      view,
      { group: ownGroup, resources: ['remediationpauses'], verbs: ['create', 'delete'] },
      { group: ownGroup, resources: ['noderemediations'], verbs: ['create', 'patch'] },
    ],
  },
  {
    name: 'prunella-approver',
    description: 'Says yes or no to plans. Narrow `approve` by resourceNames to some policies.',
    aggregated: false,
    rights: [
      view,
      { group: ownGroup, resources: ['remediationapprovals'], verbs: ['create'] },
      { group: ownGroup, resources: ['noderemediationpolicies'], verbs: ['approve'] },
    ],
  },
]
