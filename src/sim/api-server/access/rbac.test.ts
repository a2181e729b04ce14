import { describe, expect, test } from 'vitest'
import { instant } from '../../../kernel/time.ts'
import { ApiServer } from '../api-server.ts'
import { WorldClient } from '../world-client.ts'
import { rbacAuthorizer } from './rbac.ts'

const group = 'rbac.authorization.k8s.io'
const robot = 'system:serviceaccount:prunella-system:prunella'

function guarded(): ApiServer {
  const server: ApiServer = new ApiServer({ now: () => instant(0), authorize: rbacAuthorizer(() => server) })
  const world = new WorldClient(server)
  world.create(`clusterroles.${group}`, {
    metadata: { name: 'reader' },
    rules: [
      { apiGroups: [''], resources: ['nodes', 'pods/eviction'], verbs: ['get', 'list', 'create'] },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['mine'], verbs: ['get'] },
      { nonResourceURLs: ['/debug', '/logs/*'], verbs: ['get'] },
    ],
  })
  world.create(`clusterrolebindings.${group}`, {
    metadata: { name: 'reader' },
    roleRef: { kind: 'ClusterRole', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'prunella-system', name: 'prunella' }],
  })
  world.create(`roles.${group}`, {
    metadata: { name: 'writer', namespace: 'default' },
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  })
  world.create(`rolebindings.${group}`, {
    metadata: { name: 'writer', namespace: 'default' },
    roleRef: { kind: 'Role', name: 'writer' },
    subjects: [{ kind: 'Group', name: 'system:serviceaccounts:other' }],
  })
  return server
}

const ask = (server: ApiServer, user: string, [method = '', path = '']: readonly string[]): number =>
  server.handle({ method, path, user }).status

describe('RBAC', () => {
  test.each<[string, string, boolean]>([
    [robot, 'GET /api/v1/nodes', true],
    [robot, 'DELETE /api/v1/nodes/a', false],
    [robot, 'GET /api/v1/pods', false],
    [robot, 'POST /api/v1/namespaces/default/pods/a/eviction', true],
    [robot, 'DELETE /api/v1/namespaces/default/pods/a', false],
    [robot, 'GET /api/v1/namespaces/default/configmaps/mine', true],
    [robot, 'GET /api/v1/namespaces/default/configmaps/yours', false],
    [robot, 'GET /version', true],
    [robot, 'GET /openapi/v3', true],
    [robot, 'GET /apis', true],
    [robot, 'GET /metrics', false],
    [robot, 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews', true],
    ['system:serviceaccount:other:x', 'DELETE /api/v1/namespaces/default/pods/a', true],
    ['system:serviceaccount:other:x', 'DELETE /api/v1/namespaces/kube-system/pods/a', false],
    ['nobody', 'GET /api/v1/nodes', false],
    ['system:admin', 'GET /api/v1/nodes', true],
  ])('%s: %s: %s', (user, request, allowed) => {
    expect(ask(guarded(), user, request.split(' ')) !== 403).toBe(allowed)
  })

  test('answers reviews about others', () => {
    const review = { spec: { user: robot, resourceAttributes: { verb: 'delete', resource: 'nodes' } } }
    const answer = guarded().handle({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: review,
    })
    expect(answer.body).toMatchObject({ status: { allowed: false } })
  })
})
