import { customResourceDefinition } from '../../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../../src/api/crd/definitions.ts'
import { defaultGuard, emptyLedger } from '../../src/api/initial-objects.ts'
import { guardSpecSchema } from '../../src/api/v1alpha1/remediation-guard.ts'
import type { JsonObject } from '../../src/kernel/json.ts'
import { configMap, deployment, networkPolicy, podDisruptionBudget, service } from './deployment.ts'
import { labels } from './labels.ts'
import { identityRbac, serviceAccount, userRbac } from './rbac.ts'

/** Node jobs are privileged, so a namespace that acts must let them in; one that observes need not. */
const namespace = (enforced: 'restricted' | 'privileged'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: serviceAccount.namespace,
    labels: {
      ...labels('operator'),
      'pod-security.kubernetes.io/enforce': enforced,
      'pod-security.kubernetes.io/warn': enforced,
    },
  },
})

const account: JsonObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { ...serviceAccount, labels: labels('operator') },
}

/**
 * With every cap in words: a guard with an empty spec can be applied server-side once and never again, for the API server then takes
 * away the spec itself. Trips are left out, so that those which people have acknowledged outlive the next apply.
 */
const { acknowledgedTrips: _, ...caps } = guardSpecSchema.parse({})
const explicitGuard: JsonObject = { ...defaultGuard, spec: { ...caps } }

const customResourceDefinitions = (): readonly JsonObject[] => definitions.map(customResourceDefinition)

/** Everything but the namespace and the program, for an operator that may only look. */
const observing = (): readonly JsonObject[] => [
  account,
  ...identityRbac('observer'),
  ...userRbac(),
  emptyLedger,
  explicitGuard,
]

const program = (image: string): readonly JsonObject[] => [
  configMap,
  deployment(image),
  service,
  podDisruptionBudget,
  networkPolicy,
]

/** Prunella in a cluster where it can touch no node and no pod. */
export const installObserve = (image: string): readonly JsonObject[] => [
  ...customResourceDefinitions(),
  namespace('restricted'),
  ...observing(),
  ...program(image),
]

/** Prunella in a cluster where its policies may act. */
export const install = (image: string): readonly JsonObject[] => [
  ...customResourceDefinitions(),
  namespace('privileged'),
  ...observing(),
  ...identityRbac('actor'),
  ...identityRbac('fencer'),
  ...program(image),
]
