import { assert } from '../../../kernel/assert.ts'
import type { DiscoveredSubresource } from '../discovery/discovered-resource.ts'
import { structNamed } from '../shapes/shape.ts'
import { customResourceDefinitionStrategy } from '../strategies/custom-resource-definition.ts'
import { disruptionBudgetStrategy } from '../strategies/disruption-budget.ts'
import { coreEventStrategy, eventFromCore, eventStrategy, eventToCore } from '../strategies/event.ts'
import { cronJobStrategy, jobStrategy } from '../strategies/jobs.ts'
import { namespaceStrategy } from '../strategies/namespace.ts'
import { nodeStrategy } from '../strategies/node.ts'
import { podStrategy } from '../strategies/pod.ts'
import { bindingStrategy, roleStrategy } from '../strategies/rbac.ts'
import {
  configMapStrategy,
  leaseStrategy,
  priorityClassStrategy,
  secretStrategy,
  serviceStrategy,
  volumeAttachmentStrategy,
  volumeClaimStrategy,
  volumeStrategy,
} from '../strategies/simple.ts'
import { plainStrategy, type Strategy, specChanged, withStatusStrategy } from '../strategies/strategy.ts'
import {
  daemonSetStrategy,
  deploymentStrategy,
  replicaSetStrategy,
  statefulSetStrategy,
} from '../strategies/workloads.ts'
import { type BuiltInForm, type ResourceDescriptor, resourceName } from './descriptor.ts'
import { selectableFieldsOf } from './selectable-fields.ts'

interface Row {
  readonly kind: string
  readonly plural: string
  readonly strategy: Strategy
  /** `Cluster` where it says so; namespaced otherwise. */
  readonly scope?: 'Cluster'
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly subresources?: readonly DiscoveredSubresource[]
  /** Only what is not the usual eight. */
  readonly verbs?: readonly string[]
}

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const readWrite = ['get', 'patch', 'update']
const status: DiscoveredSubresource = { name: 'status', verbs: readWrite }
const scale: DiscoveredSubresource = {
  name: 'scale',
  verbs: readWrite,
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
}
const all = ['all']
const asked: Pick<Row, 'strategy' | 'verbs'> = { strategy: plainStrategy, verbs: ['create'] }

const core: readonly Row[] = [
  { kind: 'Binding', plural: 'bindings', ...asked },
  { kind: 'ConfigMap', plural: 'configmaps', strategy: configMapStrategy, shortNames: ['cm'] },
  { kind: 'Endpoints', plural: 'endpoints', strategy: { ...plainStrategy, createOnUpdate: true }, shortNames: ['ep'] },
  { kind: 'Event', plural: 'events', strategy: coreEventStrategy, shortNames: ['ev'] },
  {
    kind: 'LimitRange',
    plural: 'limitranges',
    strategy: { ...plainStrategy, createOnUpdate: true },
    shortNames: ['limits'],
  },
  {
    kind: 'Namespace',
    plural: 'namespaces',
    strategy: namespaceStrategy,
    scope: 'Cluster',
    shortNames: ['ns'],
    verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
    subresources: [{ name: 'finalize', verbs: ['update'] }, status],
  },
  {
    kind: 'Node',
    plural: 'nodes',
    strategy: nodeStrategy,
    scope: 'Cluster',
    shortNames: ['no'],
    subresources: [status],
  },
  {
    kind: 'PersistentVolumeClaim',
    plural: 'persistentvolumeclaims',
    strategy: volumeClaimStrategy,
    shortNames: ['pvc'],
    subresources: [status],
  },
  {
    kind: 'PersistentVolume',
    plural: 'persistentvolumes',
    strategy: volumeStrategy,
    scope: 'Cluster',
    shortNames: ['pv'],
    subresources: [status],
  },
  {
    kind: 'Pod',
    plural: 'pods',
    strategy: podStrategy,
    shortNames: ['po'],
    categories: all,
    subresources: [
      { name: 'binding', verbs: ['create'], version: 'v1', kind: 'Binding' },
      { name: 'eviction', verbs: ['create'], group: 'policy', version: 'v1', kind: 'Eviction' },
      status,
    ],
  },
  {
    kind: 'ReplicationController',
    plural: 'replicationcontrollers',
    strategy: { ...withStatusStrategy, generation: specChanged },
    shortNames: ['rc'],
    categories: all,
    subresources: [status],
  },
  {
    kind: 'ResourceQuota',
    plural: 'resourcequotas',
    strategy: { ...withStatusStrategy, returnsDeleted: true },
    shortNames: ['quota'],
    subresources: [status],
  },
  { kind: 'Secret', plural: 'secrets', strategy: secretStrategy },
  {
    kind: 'ServiceAccount',
    plural: 'serviceaccounts',
    strategy: { ...plainStrategy, returnsDeleted: true },
    shortNames: ['sa'],
  },
  {
    kind: 'Service',
    plural: 'services',
    strategy: serviceStrategy,
    shortNames: ['svc'],
    categories: all,
    subresources: [status],
  },
]

const apps: readonly Row[] = [
  { kind: 'ControllerRevision', plural: 'controllerrevisions', strategy: plainStrategy },
  {
    kind: 'DaemonSet',
    plural: 'daemonsets',
    strategy: daemonSetStrategy,
    shortNames: ['ds'],
    categories: all,
    subresources: [status],
  },
  {
    kind: 'Deployment',
    plural: 'deployments',
    strategy: deploymentStrategy,
    shortNames: ['deploy'],
    categories: all,
    subresources: [scale, status],
  },
  {
    kind: 'ReplicaSet',
    plural: 'replicasets',
    strategy: replicaSetStrategy,
    shortNames: ['rs'],
    categories: all,
    subresources: [scale, status],
  },
  {
    kind: 'StatefulSet',
    plural: 'statefulsets',
    strategy: statefulSetStrategy,
    shortNames: ['sts'],
    categories: all,
    subresources: [scale, status],
  },
]

const groups: readonly { readonly group: string; readonly package: string; readonly rows: readonly Row[] }[] = [
  { group: '', package: 'core.v1', rows: core },
  { group: 'apps', package: 'apps.v1', rows: apps },
  {
    group: 'events.k8s.io',
    package: 'core.v1',
    rows: [{ kind: 'Event', plural: 'events', strategy: eventStrategy, shortNames: ['ev'] }],
  },
  {
    group: 'authentication.k8s.io',
    package: 'authentication.v1',
    rows: [
      { kind: 'SelfSubjectReview', plural: 'selfsubjectreviews', scope: 'Cluster', ...asked },
      { kind: 'TokenReview', plural: 'tokenreviews', scope: 'Cluster', ...asked },
    ],
  },
  {
    group: 'authorization.k8s.io',
    package: 'authorization.v1',
    rows: [
      { kind: 'LocalSubjectAccessReview', plural: 'localsubjectaccessreviews', ...asked },
      { kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews', scope: 'Cluster', ...asked },
      { kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews', scope: 'Cluster', ...asked },
      { kind: 'SubjectAccessReview', plural: 'subjectaccessreviews', scope: 'Cluster', ...asked },
    ],
  },
  {
    group: 'batch',
    package: 'batch.v1',
    rows: [
      {
        kind: 'CronJob',
        plural: 'cronjobs',
        strategy: cronJobStrategy,
        shortNames: ['cj'],
        categories: all,
        subresources: [status],
      },
      { kind: 'Job', plural: 'jobs', strategy: jobStrategy, categories: all, subresources: [status] },
    ],
  },
  {
    group: 'policy',
    package: 'policy.v1',
    rows: [
      {
        kind: 'PodDisruptionBudget',
        plural: 'poddisruptionbudgets',
        strategy: disruptionBudgetStrategy,
        shortNames: ['pdb'],
        subresources: [status],
      },
    ],
  },
  {
    group: 'rbac.authorization.k8s.io',
    package: 'rbac.v1',
    rows: [
      { kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', strategy: bindingStrategy, scope: 'Cluster' },
      { kind: 'ClusterRole', plural: 'clusterroles', strategy: roleStrategy, scope: 'Cluster' },
      { kind: 'RoleBinding', plural: 'rolebindings', strategy: bindingStrategy },
      { kind: 'Role', plural: 'roles', strategy: roleStrategy },
    ],
  },
  {
    group: 'storage.k8s.io',
    package: 'storage.v1',
    rows: [
      {
        kind: 'CSINode',
        plural: 'csinodes',
        strategy: { ...plainStrategy, unconditionalUpdate: false, returnsDeleted: true },
        scope: 'Cluster',
      },
      {
        kind: 'StorageClass',
        plural: 'storageclasses',
        strategy: { ...plainStrategy, returnsDeleted: true },
        scope: 'Cluster',
        shortNames: ['sc'],
      },
      {
        kind: 'VolumeAttachment',
        plural: 'volumeattachments',
        strategy: volumeAttachmentStrategy,
        scope: 'Cluster',
        subresources: [status],
      },
    ],
  },
  {
    group: 'apiextensions.k8s.io',
    package: 'apiextensions.v1',
    rows: [
      {
        kind: 'CustomResourceDefinition',
        plural: 'customresourcedefinitions',
        strategy: customResourceDefinitionStrategy,
        scope: 'Cluster',
        shortNames: ['crd', 'crds'],
        categories: ['api-extensions'],
        subresources: [status],
      },
    ],
  },
  {
    group: 'scheduling.k8s.io',
    package: 'scheduling.v1',
    rows: [
      {
        kind: 'PriorityClass',
        plural: 'priorityclasses',
        strategy: priorityClassStrategy,
        scope: 'Cluster',
        shortNames: ['pc'],
      },
    ],
  },
  {
    group: 'coordination.k8s.io',
    package: 'coordination.v1',
    rows: [{ kind: 'Lease', plural: 'leases', strategy: leaseStrategy }],
  },
  {
    group: 'resource.k8s.io',
    package: 'resource.v1',
    rows: [
      {
        kind: 'ResourceSlice',
        plural: 'resourceslices',
        strategy: { ...plainStrategy, generation: specChanged, returnsDeleted: true },
        scope: 'Cluster',
      },
    ],
  },
]

/** Every resource that is served without a CRD, in the order of discovery. */
export const builtInResources: readonly ResourceDescriptor[] = groups.flatMap(({ group, package: types, rows }) =>
  rows.map((row) => describeRow(group, types, row)),
)

function describeRow(group: string, types: string, row: Row): ResourceDescriptor {
  const resource = resourceName({ group, plural: row.plural })
  return {
    group,
    version: 'v1',
    kind: row.kind,
    listKind: `${row.kind}List`,
    plural: row.plural,
    singular: row.kind.toLowerCase(),
    shortNames: row.shortNames ?? [],
    categories: row.categories ?? [],
    namespaced: row.scope !== 'Cluster',
    verbs: row.verbs ?? allVerbs,
    subresources: row.subresources ?? [],
    storageKey: row.plural === 'events' ? 'events' : resource,
    strategy: row.strategy,
    selectableFields: selectableFieldsOf(resource),
    indexedFields: row.plural === 'pods' ? ['spec.nodeName'] : row.plural === 'events' ? ['involvedObject.name'] : [],
    form: formOf(types, row.kind, group),
  }
}

function formOf(types: string, kind: string, group: string): BuiltInForm {
  const struct = structNamed(group === 'events.k8s.io' ? 'events.v1.Event' : `${types}.${kind}`)
  assert(struct !== undefined, `no shape was recorded for ${types}.${kind}`)
  if (group !== 'events.k8s.io') return { kind: 'BuiltIn', struct }
  return { kind: 'BuiltIn', struct, fromStorage: eventFromCore, toStorage: eventToCore }
}
