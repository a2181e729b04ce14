import { describe, expect, test } from 'vitest'
import { at, textAt } from '../../../src/kernel/json.ts'
import { accepted, failure, generationOf, namesOf, resourceVersionOf, uidOf } from '../answers.ts'
import type { Answer } from '../client.ts'
import { fresh, freshConfigMaps, freshNamespace, named, pod, podsOf } from '../objects.ts'
import type { Target } from '../target.ts'

const deletionTimestampOf = ({ body }: Answer): string | undefined => textAt(body, 'metadata', 'deletionTimestamp')
const graceOf = ({ body }: Answer): unknown => at(body, 'metadata', 'deletionGracePeriodSeconds')
const finalizersOf = ({ body }: Answer): unknown => at(body, 'metadata', 'finalizers')
/** Seconds between creation and the moment that the deletion is due. */
const dueAfterOf = (answer: Answer): number =>
  (Date.parse(deletionTimestampOf(answer) ?? '') -
    Date.parse(textAt(answer.body, 'metadata', 'creationTimestamp') ?? '')) /
  1000

export function deleteCases({ client }: Target): void {
  const configMap = async (metadata: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const path = await freshConfigMaps(client)
    accepted(await client.create(path, { metadata: { name: 'a', ...metadata } }))
    return `${path}/a`
  }

  describe('delete', () => {
    test('answers 200 with a Status that names the object and its uid', async () => {
      const path = await configMap()
      const uid = uidOf(await client.get(path))
      const answer = await client.remove(path)
      expect(answer.status).toBe(200)
      expect(answer.body).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'a', kind: 'configmaps', uid },
      })
      expect((await client.get(path)).status).toBe(404)
    })

    test('of a missing object: 404', async () => {
      expect(failure(await client.remove(`${await freshConfigMaps(client)}/none`))).toBe(
        '404 NotFound: configmaps "none" not found',
      )
    })

    test('preconditions: another uid is 409, the same passes', async () => {
      const path = await configMap()
      const uid = uidOf(await client.get(path))
      const refused = await client.remove(path, { preconditions: { uid: 'another' } })
      expect(failure(refused)).toContain('409 Conflict: Operation cannot be fulfilled on ')
      expect(failure(refused)).toContain(
        `the UID in the precondition (another) does not match the UID in record (${uid}). The object might have been`,
      )
      expect((await client.remove(path, { preconditions: { uid } })).status).toBe(200)
    })

    test('preconditions: another resourceVersion is 409, the same passes', async () => {
      const path = await configMap()
      const resourceVersion = resourceVersionOf(await client.get(path))
      const refused = await client.remove(path, { preconditions: { resourceVersion: '1' } })
      expect(failure(refused)).toContain(
        `the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${resourceVersion}). The object`,
      )
      expect((await client.remove(path, { preconditions: { resourceVersion } })).status).toBe(200)
    })

    test('dryRun answers as if, and deletes nothing', async () => {
      const path = await configMap()
      expect((await client.remove(path, { dryRun: ['All'] })).status).toBe(200)
      expect((await client.remove(path, undefined, { dryRun: 'All' })).status).toBe(200)
      expect(deletionTimestampOf(accepted(await client.get(path)))).toBeUndefined()
    })

    test.each(['Background', undefined])('propagationPolicy %s: gone at once', async (propagationPolicy) => {
      const path = await configMap()
      expect(
        (await client.remove(path, propagationPolicy === undefined ? {} : { propagationPolicy })).body,
      ).toMatchObject({ kind: 'Status' })
      expect((await client.get(path)).status).toBe(404)
    })

    test.each([
      ['Foreground', 'foregroundDeletion'],
      ['Orphan', 'orphan'],
    ])('propagationPolicy %s: terminating, kept by the finalizer %s', async (propagationPolicy, finalizer) => {
      const path = await configMap()
      const answer = await client.remove(path, { propagationPolicy })
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({
        kind: 'ConfigMap',
        metadata: { finalizers: [finalizer], deletionGracePeriodSeconds: 0 },
      })
      expect(deletionTimestampOf(await client.get(path))).toBeDefined()
      accepted(await client.mergePatch(path, { metadata: { finalizers: null } }))
      expect((await client.get(path)).status).toBe(404)
    })

    test('a later Background takes the finalizer of Foreground away', async () => {
      const path = await configMap()
      accepted(await client.remove(path, { propagationPolicy: 'Foreground' }))
      expect((await client.remove(path, { propagationPolicy: 'Background' })).body).toMatchObject({
        kind: 'Status',
        status: 'Success',
      })
      expect((await client.get(path)).status).toBe(404)
    })

    test('propagationPolicy as a query parameter', async () => {
      const path = await configMap()
      expect(finalizersOf(await client.remove(path, undefined, { propagationPolicy: 'Foreground' }))).toEqual([
        'foregroundDeletion',
      ])
    })

    test('an unknown propagationPolicy: 422', async () => {
      expect(failure(await client.remove(await configMap(), { propagationPolicy: 'Sideways' }))).toBe(
        '422 Invalid: DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Sideways": ' +
          'supported values: "Foreground", "Background", "Orphan", "nil"',
      )
    })

    test.each([
      ['broken', '{"x'],
      ['of another kind', { kind: 'Pod', apiVersion: 'v1' }],
    ])('options that are %s: 400', async (_, body) => {
      expect(failure(await client.remove(await configMap(), body))).toMatch(/^400 BadRequest: /)
    })
  })

  describe('finalizers', () => {
    test('delete only marks; the object goes when the last finalizer goes', async () => {
      const path = await configMap({ finalizers: ['a.test/one', 'a.test/two'] })
      const answer = await client.remove(path)
      expect(answer.body).toMatchObject({
        kind: 'ConfigMap',
        metadata: { deletionGracePeriodSeconds: 0, finalizers: ['a.test/one', 'a.test/two'] },
      })
      expect(deletionTimestampOf(answer)).toBeDefined()
      const last = await client.mergePatch(path, { metadata: { finalizers: ['a.test/two'] } })
      expect((await client.get(path)).status).toBe(200)
      const gone = await client.jsonPatch(path, [{ op: 'remove', path: '/metadata/finalizers/0' }])
      expect([last.status, gone.status]).toEqual([200, 200])
      expect((await client.get(path)).status).toBe(404)
    })

    test('are watched as MODIFIED, then DELETED', async () => {
      const path = await configMap({ finalizers: ['a.test/one'] })
      const collection = path.slice(0, -2)
      const watch = await client.watch(collection, { resourceVersion: resourceVersionOf(await client.get(path)) })
      accepted(await client.remove(path))
      accepted(await client.mergePatch(path, { metadata: { finalizers: null } }))
      expect(await watch.take(2)).toEqual(['MODIFIED a', 'DELETED a'])
      watch.close()
    })

    test('a second delete changes nothing', async () => {
      const path = await configMap({ finalizers: ['a.test/one'] })
      const first = accepted(await client.remove(path))
      const second = await client.remove(path)
      expect([second.status, resourceVersionOf(second), deletionTimestampOf(second)]).toEqual([
        200,
        resourceVersionOf(first),
        deletionTimestampOf(first),
      ])
    })

    test('a terminating object can still be changed', async () => {
      const path = await configMap({ finalizers: ['a.test/one'] })
      accepted(await client.remove(path))
      const answer = await client.mergePatch(path, { data: { late: 'yes' } })
      expect(answer.body).toMatchObject({ data: { late: 'yes' } })
      expect(deletionTimestampOf(answer)).toBeDefined()
    })

    test('a terminating object takes no new finalizer: 422', async () => {
      const path = await configMap({ finalizers: ['a.test/one'] })
      accepted(await client.remove(path))
      expect(failure(await client.mergePatch(path, { metadata: { finalizers: ['a.test/one', 'a.test/two'] } }))).toBe(
        '422 Invalid: ConfigMap "a" is invalid: metadata.finalizers: Forbidden: ' +
          'no new finalizers can be added if the object is being deleted, found new finalizers []string{"a.test/two"}',
      )
    })

    test('a deletionTimestamp cannot be taken back', async () => {
      const path = await configMap({ finalizers: ['a.test/one'] })
      const marked = accepted(await client.remove(path))
      const answer = await client.mergePatch(path, { metadata: { deletionTimestamp: null } })
      expect([answer.status, deletionTimestampOf(answer)]).toEqual([200, deletionTimestampOf(marked)])
    })

    test('while it terminates its name is taken: 409', async () => {
      const path = await configMap({ finalizers: ['a.test/one'] })
      accepted(await client.remove(path))
      expect(failure(await client.create(path.slice(0, -2), named('a')))).toBe(
        '409 AlreadyExists: object is being deleted: configmaps "a" already exists',
      )
    })
  })

  describe('deletecollection', () => {
    test('deletes what the selector selects and answers with the list', async () => {
      const path = await freshConfigMaps(client)
      for (const [name, app] of [
        ['a', 'x'],
        ['b', 'y'],
        ['c', 'x'],
      ])
        accepted(await client.create(path, { metadata: { name, labels: { app } } }))
      const answer = await client.remove(path, undefined, { labelSelector: 'app=x' })
      expect(answer.body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' })
      expect(namesOf(answer).toSorted()).toEqual(['a', 'c'])
      expect(namesOf(await client.get(path))).toEqual(['b'])
    })

    test('of one namespace leaves the others alone', async () => {
      const [path, other] = [await freshConfigMaps(client), await freshConfigMaps(client)]
      for (const place of [path, other]) accepted(await client.create(place, named('a')))
      accepted(await client.remove(path))
      expect([namesOf(await client.get(path)), namesOf(await client.get(other))]).toEqual([[], ['a']])
    })
  })

  describe('delete of a pod', () => {
    const bound = async (seconds?: number): Promise<string> => {
      const path = podsOf(await freshNamespace(client))
      const grace = seconds === undefined ? {} : { terminationGracePeriodSeconds: seconds }
      accepted(await client.create(path, pod('a', { spec: { nodeName: fresh('node'), ...grace } })))
      return `${path}/a`
    }

    test('one that is bound terminates within its grace: the kubelet has the last word', async () => {
      const path = await bound(5)
      const answer = await client.remove(path)
      expect([answer.status, graceOf(answer)]).toEqual([200, 5])
      expect(dueAfterOf(answer)).toBeGreaterThanOrEqual(5)
      expect(dueAfterOf(answer)).toBeLessThanOrEqual(7)
      expect(deletionTimestampOf(await client.get(path))).toBe(deletionTimestampOf(answer))
    })

    test('the default grace is 30 s, and the generation counts the deletion', async () => {
      const answer = await client.remove(await bound())
      expect([graceOf(answer), generationOf(answer)]).toEqual([30, 2])
    })

    test('a shorter grace later moves the end forward, a longer one does nothing', async () => {
      const path = await bound(30)
      const first = accepted(await client.remove(path))
      const shorter = accepted(await client.remove(path, { gracePeriodSeconds: 10 }))
      expect(graceOf(shorter)).toBe(10)
      expect(dueAfterOf(shorter)).toBeLessThan(dueAfterOf(first))
      const longer = accepted(await client.remove(path, { gracePeriodSeconds: 60 }))
      expect([graceOf(longer), deletionTimestampOf(longer)]).toEqual([10, deletionTimestampOf(shorter)])
    })

    test('grace 0 removes it at once', async () => {
      const path = await bound()
      expect((await client.remove(path, { gracePeriodSeconds: 0 })).status).toBe(200)
      expect((await client.get(path)).status).toBe(404)
    })

    test('grace 0 after a graceful delete removes it, as the kubelet does', async () => {
      const path = await bound()
      accepted(await client.remove(path))
      accepted(await client.remove(path, undefined, { gracePeriodSeconds: 0 }))
      expect((await client.get(path)).status).toBe(404)
    })

    test('one that was never bound goes at once', async () => {
      const path = podsOf(await freshNamespace(client))
      accepted(await client.create(path, pod('a')))
      expect((await client.remove(`${path}/a`)).body).toMatchObject({ kind: 'Pod', metadata: { name: 'a' } })
      expect((await client.get(`${path}/a`)).status).toBe(404)
    })

    test.each(['Succeeded', 'Failed'])('one that is %s goes at once', async (phase) => {
      const path = await bound()
      accepted(await client.mergePatch(`${path}/status`, { status: { phase } }))
      accepted(await client.remove(path))
      expect((await client.get(path)).status).toBe(404)
    })

    test('preconditions hold for it as well', async () => {
      const path = await bound()
      const uid = uidOf(await client.get(path))
      expect(failure(await client.remove(path, { preconditions: { uid: 'another' } }))).toBe(
        '409 Conflict: Operation cannot be fulfilled on Pod "a": the UID in the precondition (another) does not match ' +
          `the UID in record (${uid}). The object might have been deleted and then recreated`,
      )
    })

    test('finalizers outlive the grace', async () => {
      const path = await bound()
      accepted(await client.mergePatch(path, { metadata: { finalizers: ['a.test/one'] } }))
      accepted(await client.remove(path, { gracePeriodSeconds: 0 }))
      expect(finalizersOf(await client.get(path))).toEqual(['a.test/one'])
      accepted(await client.mergePatch(path, { metadata: { finalizers: null } }))
      expect((await client.get(path)).status).toBe(404)
    })
  })

  describe('delete of a job', () => {
    const freshJob = async (): Promise<string> => {
      const path = `/apis/batch/v1/namespaces/${await freshNamespace(client)}/jobs`
      const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] } }
      accepted(await client.create(path, named('a', { spec: { template } })))
      return `${path}/a`
    }

    test('keeps its pods unless told otherwise, and warns of that', async () => {
      const answer = await client.remove(await freshJob())
      expect(finalizersOf(answer)).toEqual(['orphan'])
      expect(answer.headers['warning']).toContain('child pods are preserved by default when jobs are deleted')
    })

    test('in the background: gone at once', async () => {
      const path = await freshJob()
      const answer = await client.remove(path, { propagationPolicy: 'Background' })
      expect([answer.status, answer.headers['warning']]).toEqual([200, undefined])
      expect((await client.get(path)).status).toBe(404)
    })
  })

  describe('delete of a namespace', () => {
    test('marks it Terminating, and nothing new is created in it: 403', async () => {
      const namespace = await freshNamespace(client)
      const answer = await client.remove(`/api/v1/namespaces/${namespace}`)
      expect(answer.body).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } })
      const refused = await client.create(`/api/v1/namespaces/${namespace}/configmaps`, named('a'))
      expect(failure(refused)).toBe(
        `403 Forbidden: configmaps "a" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
      )
      expect(refused.body).toMatchObject({
        details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
      })
    })

    test('default cannot be deleted: 403', async () => {
      expect(failure(await client.remove('/api/v1/namespaces/default'))).toBe(
        '403 Forbidden: namespaces "default" is forbidden: this namespace may not be deleted',
      )
    })
  })
}
