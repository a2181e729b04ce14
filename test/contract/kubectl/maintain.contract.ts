import { describe, expect, test } from 'vitest'
import { listAt, textAt } from '../../../src/kernel/json.ts'
import { accepted, namesOf, specOf } from '../answers.ts'
import { BudgetedPlace } from '../budgeted-place.ts'
import {
  configMapsOf,
  type Fields,
  fresh,
  freshNamespace,
  freshNode,
  named,
  nodesPath,
  pod,
  podsOf,
  runningPod,
  untilSeen,
} from '../objects.ts'
import type { Target } from '../target.ts'
import type { Kubectl, Outcome } from './kubectl.ts'

const said = (out: string): Outcome => ({ code: 0, out: `${out}\n`, err: '' })

/** What people do to a node by hand: cordon, drain, uncordon, wait. */
export function kubectlMaintainCases({ client }: Target, kubectl: Kubectl): void {
  /** A running pod of a replica set, so that drain needs no force. */
  const runReplica = (namespace: string, name: string, nodeName: string) => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web-uid', controller: true }
    const metadata = { labels: { app: 'web' }, ownerReferences: [owner] }
    return runningPod(client, podsOf(namespace), pod(name, { metadata, spec: { nodeName } }))
  }

  /** Removes what terminates on the node, as its kubelet would, until it is empty. */
  const actAsKubelet = (nodeName: string): Promise<void> =>
    untilSeen(async () => {
      const answer = await client.get('/api/v1/pods', { fieldSelector: `spec.nodeName=${nodeName}` })
      for (const one of listAt(answer.body, 'items')) {
        if (textAt(one, 'metadata', 'deletionTimestamp') === undefined) continue
        const path = `${podsOf(textAt(one, 'metadata', 'namespace') ?? '')}/${textAt(one, 'metadata', 'name') ?? ''}`
        await client.remove(path, { gracePeriodSeconds: 0 })
      }
      return namesOf(answer).length === 0
    })

  const guard = (namespace: string, status: Fields): Promise<void> =>
    new BudgetedPlace(client, namespace).guard('web', status)

  describe.concurrent('kubectl cordon, drain, uncordon', () => {
    test('cordon and uncordon, twice each', async () => {
      const name = await freshNode(client)
      expect(await kubectl.run(['cordon', name])).toEqual(said(`node/${name} cordoned`))
      expect(specOf(await client.get(`${nodesPath}/${name}`))).toEqual({ unschedulable: true })
      expect(await kubectl.run(['cordon', name])).toEqual(said(`node/${name} already cordoned`))
      expect(await kubectl.run(['uncordon', name])).toEqual(said(`node/${name} uncordoned`))
      expect(await kubectl.run(['uncordon', name])).toEqual(said(`node/${name} already uncordoned`))
    })

    test('cordon of a missing node', async () => {
      const { code, err } = await kubectl.run(['cordon', 'none'])
      expect([code, err]).toEqual([1, 'Error from server (NotFound): nodes "none" not found\n'])
    })

    test('drain: cordons, evicts, waits until the pods are gone', async () => {
      const [namespace, name] = [await freshNamespace(client), await freshNode(client)]
      for (const one of ['a', 'b']) await runReplica(namespace, one, name)
      const [outcome] = await Promise.all([kubectl.run(['drain', name, '--timeout=20s']), actAsKubelet(name)])
      expect(outcome.code).toBe(0)
      expect(new Set(outcome.out.trim().split('\n'))).toEqual(
        new Set([
          `node/${name} cordoned`,
          `evicting pod ${namespace}/a`,
          `evicting pod ${namespace}/b`,
          'pod/a evicted',
          'pod/b evicted',
          `node/${name} drained`,
        ]),
      )
    })

    test('drain refuses unmanaged pods without --force', async () => {
      const [namespace, name] = [await freshNamespace(client), await freshNode(client)]
      await runningPod(client, podsOf(namespace), pod('a', { spec: { nodeName: name } }))
      const { code, err } = await kubectl.run(['drain', name, '--timeout=5s'])
      expect([code, err]).toEqual([
        1,
        expect.stringContaining(
          `cannot delete Pods that declare no controller (use --force to override): ${namespace}/a`,
        ),
      ])
      const [forced] = await Promise.all([kubectl.run(['drain', name, '--force', '--timeout=20s']), actAsKubelet(name)])
      expect([forced.code, forced.out]).toEqual([0, expect.stringContaining(`node/${name} drained\n`)])
    })

    test('drain meets an exhausted budget: retries, then gives up', async () => {
      const [namespace, name] = [await freshNamespace(client), await freshNode(client)]
      await runReplica(namespace, 'a', name)
      await guard(namespace, { disruptionsAllowed: 0 })
      const { code, err } = await kubectl.run(['drain', name, '--timeout=2s'])
      expect(code).toBe(1)
      expect(err).toContain(
        `error when evicting pods/"a" -n "${namespace}" (will retry after 5s): Cannot evict pod as it would violate`,
      )
      expect(namesOf(await client.get(podsOf(namespace)))).toEqual(['a'])
    })

    test('drain within a budget', async () => {
      const [namespace, name] = [await freshNamespace(client), await freshNode(client)]
      await runReplica(namespace, 'a', name)
      await guard(namespace, { disruptionsAllowed: 1 })
      const [outcome] = await Promise.all([kubectl.run(['drain', name, '--timeout=20s']), actAsKubelet(name)])
      expect([outcome.code, outcome.out]).toEqual([0, expect.stringContaining(`node/${name} drained\n`)])
    })

    test('drain --dry-run=server touches nothing', async () => {
      const [namespace, name] = [await freshNamespace(client), await freshNode(client)]
      await runReplica(namespace, 'a', name)
      const { code, out } = await kubectl.run(['drain', name, '--dry-run=server'])
      expect([code, out]).toEqual([0, expect.stringContaining(`node/${name} drained (server dry run)\n`)])
      expect(specOf(await client.get(`${nodesPath}/${name}`))).toEqual({})
      expect(namesOf(await client.get(podsOf(namespace)))).toEqual(['a'])
    })

    test('drain asks whether the DaemonSet of a pod is still there', async () => {
      const [namespace, name] = [await freshNamespace(client), await freshNode(client)]
      const labels = { app: 'agent' }
      const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'x' }] } }
      accepted(
        await client.create(
          `/apis/apps/v1/namespaces/${namespace}/daemonsets`,
          named('agent', { spec: { selector: { matchLabels: labels }, template } }),
        ),
      )
      const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'agent-uid', controller: true }
      await runningPod(
        client,
        podsOf(namespace),
        pod('agent-1', { metadata: { labels, ownerReferences: [owner] }, spec: { nodeName: name } }),
      )
      const refused = await kubectl.run(['drain', name, '--timeout=5s'])
      expect(refused.err).toContain(
        `cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${namespace}/agent-1`,
      )
      const ignored = await kubectl.run(['drain', name, '--ignore-daemonsets', '--timeout=5s'])
      expect([ignored.code, ignored.out]).toEqual([0, expect.stringContaining(`node/${name} drained\n`)])
    })
  })

  describe.concurrent('kubectl wait', () => {
    test('for a condition that holds, and for one that comes', async () => {
      const name = await freshNode(client)
      const ready = (status: string) =>
        client.mergePatch(`${nodesPath}/${name}/status`, { status: { conditions: [{ type: 'Ready', status }] } })
      accepted(await ready('False'))
      const waiting = kubectl.run(['wait', '--for=condition=Ready', `node/${name}`, '--timeout=10s'])
      await new Promise((resolve) => setTimeout(resolve, 700))
      accepted(await ready('True'))
      expect(await waiting).toEqual(said(`node/${name} condition met`))
      expect(await kubectl.run(['wait', '--for=condition=Ready', `node/${name}`, '--timeout=5s'])).toEqual(
        said(`node/${name} condition met`),
      )
    })

    test('for a condition that never comes: times out', async () => {
      const name = await freshNode(client)
      const { code, err } = await kubectl.run(['wait', '--for=condition=Ready', `node/${name}`, '--timeout=1s'])
      expect([code, err]).toEqual([1, `error: timed out waiting for the condition on nodes/${name}\n`])
    })

    test('for a value by jsonpath', async () => {
      const namespace = await freshNamespace(client)
      accepted(await client.create(configMapsOf(namespace), named('a', { data: { key: 'value' } })))
      const words = ['wait', '--for=jsonpath={.data.key}=value', 'configmap/a', '-n', namespace, '--timeout=5s']
      expect(await kubectl.run(words)).toEqual(said('configmap/a condition met'))
    })

    test('for deletion', async () => {
      const namespace = await freshNamespace(client)
      accepted(await client.create(configMapsOf(namespace), { metadata: { name: 'a', finalizers: ['a.test/b'] } }))
      accepted(await client.remove(`${configMapsOf(namespace)}/a`))
      const waiting = kubectl.run(['wait', '--for=delete', 'configmap/a', '-n', namespace, '--timeout=10s'])
      await new Promise((resolve) => setTimeout(resolve, 700))
      accepted(await client.mergePatch(`${configMapsOf(namespace)}/a`, { metadata: { finalizers: null } }))
      // without a word when it was gone before kubectl looked for the first time
      expect(await waiting).toMatchObject({ code: 0, err: '' })
      expect((await client.get(`${configMapsOf(namespace)}/a`)).status).toBe(404)
    })

    test('for creation', async () => {
      const [namespace, name] = [await freshNamespace(client), fresh('cm')]
      const waiting = kubectl.run(['wait', '--for=create', `configmap/${name}`, '-n', namespace, '--timeout=10s'])
      await new Promise((resolve) => setTimeout(resolve, 700))
      accepted(await client.create(configMapsOf(namespace), named(name)))
      expect(await waiting).toEqual(said(`configmap/${name} condition met`))
    })
  })
}
