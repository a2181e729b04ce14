import { defaultNamespace } from '../../src/api/annotations.ts'
import {
  type IdentityName,
  identities,
  operatorRights,
  type Right,
  type UserRole,
  userRoles,
} from '../../src/api/rights.ts'
import type { JsonObject } from '../../src/kernel/json.ts'
import { labels } from './labels.ts'

const rbac = 'rbac.authorization.k8s.io'

/** The account that the operator runs under. */
export const serviceAccount = { name: 'prunella', namespace: defaultNamespace }

/** One ClusterRole for what is granted everywhere, one Role for each namespace that a right is confined to, all bound. */
export function identityRbac(identity: IdentityName): readonly JsonObject[] {
  const { description, rights } = operatorRights[identity]
  const name = `prunella-${identity}`
  const namespaces = [...new Set(rights.map(({ namespace }) => namespace))]
  return namespaces.flatMap((namespace) => {
    const rules = rights.filter((right) => right.namespace === namespace).map(ruleOf)
    const metadata = { name, ...(namespace !== undefined && { namespace }), labels: labels('operator') }
    const roleKind = namespace === undefined ? 'ClusterRole' : 'Role'
    return [
      {
        apiVersion: `${rbac}/v1`,
        kind: roleKind,
        metadata: { ...metadata, annotations: described(description) },
        rules,
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: `${roleKind}Binding`,
        metadata,
        roleRef: { apiGroup: rbac, kind: roleKind, name },
        subjects: [{ kind: 'ServiceAccount', ...serviceAccount }],
      },
    ]
  })
}

/** The same without names and places, for the chart: it gives them those of its release. */
export const rightsOfChart = (): JsonObject => ({
  identities: identities.map((name) => {
    const { description, rights } = operatorRights[name]
    const [everywhere, inNamespace] = [
      rights.filter(({ namespace }) => namespace === undefined),
      rights.filter(({ namespace }) => namespace !== undefined),
    ]
    return { name, description, clusterRules: everywhere.map(ruleOf), rules: inNamespace.map(ruleOf) }
  }),
  people: userRoles.map(({ name, description, aggregated, rights }) => {
    return { name, description, aggregated, rules: rights.map(ruleOf) }
  }),
})

/** For people; bound to nobody. */
export const userRbac = (): readonly JsonObject[] => userRoles.map(clusterRole)

const clusterRole = ({ name, description, aggregated, rights }: UserRole): JsonObject => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRole',
  metadata: {
    name,
    labels: { ...labels('access'), ...(aggregated && aggregation) },
    annotations: described(description),
  },
  rules: rights.map(ruleOf),
})

const aggregation: JsonObject = {
  [`${rbac}/aggregate-to-view`]: 'true',
  [`${rbac}/aggregate-to-edit`]: 'true',
  [`${rbac}/aggregate-to-admin`]: 'true',
}

const described = (description: string): JsonObject => ({ 'prunella.dev/description': description })

const ruleOf = ({ group, resources, verbs, names }: Right): JsonObject => ({
  apiGroups: [group],
  resources,
  ...(names && { resourceNames: names }),
  verbs,
})
