import { customResourceDefinition } from '../../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../../src/api/crd/definitions.ts'
import { defaultGuard, emptyLedger } from '../../src/api/initial-objects.ts'
import type { JsonObject } from '../../src/kernel/json.ts'
import { deployment, networkPolicy, podDisruptionBudget } from './deployment.ts'
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

const customResourceDefinitions = (): readonly JsonObject[] => definitions.map(customResourceDefinition)

/** What is granted and set up for an operator that may only look. Without the program itself. */
export const observeObjects = (): readonly JsonObject[] => [
  namespace('restricted'),
  account,
  ...identityRbac('observer'),
  ...userRbac(),
  emptyLedger,
  defaultGuard,
]

/** The same for one that may act. */
export const actObjects = (): readonly JsonObject[] => [
  namespace('privileged'),
  ...observeObjects().slice(1),
  ...identityRbac('actor'),
  ...identityRbac('fencer'),
]

const program = (image: string): readonly JsonObject[] => [deployment(image), podDisruptionBudget, networkPolicy]

export const installObserve = (image: string): readonly JsonObject[] => [
  ...customResourceDefinitions(),
  ...observeObjects(),
  ...program(image),
]

export const install = (image: string): readonly JsonObject[] => [
  ...customResourceDefinitions(),
  ...actObjects(),
  ...program(image),
]
