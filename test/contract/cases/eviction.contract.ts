import { describe, expect, test } from 'vitest'
import { at } from '../../../src/kernel/json.ts'
import { accepted, failure, statusOf, uidOf } from '../answers.ts'
import { BudgetedPlace } from '../budgeted-place.ts'
import type { Answer } from '../client.ts'
import { budgetsOf, freshNamespace, report } from '../objects.ts'
import type { Target } from '../target.ts'

const exhausted = "429 TooManyRequests: Cannot evict pod as it would violate the pod's disruption budget."

const causesWithText = ({ body }: Answer): unknown => at(body, 'details', 'causes')

export function evictionCases({ client }: Target): void {
  const freshPlace = async (): Promise<BudgetedPlace> => new BudgetedPlace(client, await freshNamespace(client))

  describe('eviction', () => {
    test('without a budget: 201, and the pod terminates within its grace', async () => {
      const place = await freshPlace()
      await place.run('a')
      const answer = await place.evict('a')
      expect(answer.status).toBe(201)
      expect(answer.body).toEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
      expect((await client.get(place.pod('a'))).body).toMatchObject({ metadata: { deletionGracePeriodSeconds: 30 } })
    })

    test('the pod is told why', async () => {
      const place = await freshPlace()
      await place.run('a')
      accepted(await place.evict('a'))
      expect(statusOf(await client.get(place.pod('a')))).toMatchObject({
        conditions: expect.arrayContaining([
          expect.objectContaining({
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'EvictionByEvictionAPI',
            message: 'Eviction API: evicting',
          }),
        ]),
      })
    })

    test('gracePeriodSeconds of the delete options are used', async () => {
      const place = await freshPlace()
      await place.run('a')
      accepted(await place.evict('a', { gracePeriodSeconds: 3 }))
      expect((await client.get(place.pod('a'))).body).toMatchObject({ metadata: { deletionGracePeriodSeconds: 3 } })
    })

    test('grace 0: the pod is gone at once', async () => {
      const place = await freshPlace()
      await place.run('a')
      accepted(await place.evict('a', { gracePeriodSeconds: 0 }))
      expect((await client.get(place.pod('a'))).status).toBe(404)
    })

    test('takes one disruption from the budget and names the pod in it', async () => {
      const place = await freshPlace()
      await place.run('a')
      await place.guard('web', { disruptionsAllowed: 1 })
      expect((await place.evict('a')).status).toBe(201)
      const status = statusOf(await client.get(place.budget('web')))
      expect(status).toMatchObject({
        disruptionsAllowed: 0,
        disruptedPods: { a: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) },
        conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', observedGeneration: 1 }],
      })
    })

    test('an exhausted budget: 429 with the cause, the budget named, and no Retry-After', async () => {
      const place = await freshPlace()
      await place.run('a')
      await place.guard('web', { disruptionsAllowed: 0 })
      const answer = await place.evict('a')
      expect(failure(answer)).toBe(exhausted)
      expect(causesWithText(answer)).toEqual([
        { reason: 'DisruptionBudget', message: 'The disruption budget web does not allow evicting pods currently' },
      ])
      expect(answer.headers['retry-after']).toBeUndefined()
      expect(await place.terminates('a')).toBe(false)
    })

    test('a budget at its floor: 429 with what it needs and has', async () => {
      const place = await freshPlace()
      await place.run('a')
      await place.guard('web', { disruptionsAllowed: 0, currentHealthy: 1 })
      expect(causesWithText(await place.evict('a'))).toEqual([
        { reason: 'DisruptionBudget', message: 'The disruption budget web needs 1 healthy pods and has 1 currently' },
      ])
    })

    test('the second of two when one is allowed: 429', async () => {
      const place = await freshPlace()
      await place.run('a')
      await place.run('b')
      await place.guard('web', { disruptionsAllowed: 1 })
      const answers = [await place.evict('a'), await place.evict('b')]
      expect(answers.map(({ status }) => status)).toEqual([201, 429])
    })

    test('of many at the same time as many pass as the budget allows', async () => {
      const place = await freshPlace()
      const names = ['a', 'b', 'c', 'd', 'e']
      for (const name of names) await place.run(name)
      await place.guard('web', { disruptionsAllowed: 2, currentHealthy: 5, expectedPods: 5 })
      const answers = await Promise.all(names.map((name) => place.evict(name)))
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
      expect(await place.allowed('web')).toBe(0)
    })

    test('a budget whose spec was not observed yet: 429 with Retry-After 10', async () => {
      const place = await freshPlace()
      await place.run('a')
      await place.guard('web', { disruptionsAllowed: 5 })
      accepted(await client.mergePatch(place.budget('web'), { spec: { minAvailable: 2 } }))
      const answer = await place.evict('a')
      expect(failure(answer)).toBe(exhausted)
      expect(causesWithText(answer)).toEqual([
        { reason: 'DisruptionBudget', message: 'The disruption budget web is still being processed by the server.' },
      ])
      expect(answer.headers['retry-after']).toBe('10')
      expect(answer.body).toMatchObject({ details: { retryAfterSeconds: 10 } })
    })

    test('two budgets for one pod: 500, whatever they allow', async () => {
      const place = await freshPlace()
      await place.run('a')
      await place.guard('one', { disruptionsAllowed: 5 })
      await place.guard('two', { disruptionsAllowed: 5 })
      expect(failure(await place.evict('a'))).toBe(
        '500 -: This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      )
    })

    test('a pod that is not there: 404', async () => {
      expect(failure(await (await freshPlace()).evict('none'))).toBe('404 NotFound: pods "none" not found')
    })

    test('another uid: 409, and the budget was taken all the same', async () => {
      const place = await freshPlace()
      const uid = uidOf(await place.run('a'))
      await place.guard('web', { disruptionsAllowed: 1 })
      expect(failure(await place.evict('a', { preconditions: { uid: 'another' } }))).toBe(
        '409 Conflict: Operation cannot be fulfilled on Pod "a": the UID in the precondition (another) does not match ' +
          `the UID in record (${uid}). The object might have been deleted and then recreated`,
      )
      expect(await place.terminates('a')).toBe(false)
      expect(await place.allowed('web')).toBe(0)
    })

    test('the right uid passes', async () => {
      const place = await freshPlace()
      const uid = uidOf(await place.run('a'))
      expect((await place.evict('a', { preconditions: { uid } })).status).toBe(201)
    })

    test('another resourceVersion: 409', async () => {
      const place = await freshPlace()
      await place.run('a')
      const answer = await place.evict('a', { preconditions: { resourceVersion: '1' } })
      expect(failure(answer)).toContain(
        '409 Conflict: Operation cannot be fulfilled on Pod "a": the ResourceVersion in the precondition (1) does not match',
      )
    })

    test('dryRun, in the query or in the options: 201, and nothing is taken', async () => {
      const place = await freshPlace()
      await place.run('a')
      await place.guard('web', { disruptionsAllowed: 1 })
      expect((await place.evict('a', {}, { dryRun: 'All' })).status).toBe(201)
      expect((await place.evict('a', { dryRun: ['All'] })).status).toBe(201)
      expect([await place.terminates('a'), await place.allowed('web')]).toEqual([false, 1])
    })

    test('dryRun against an exhausted budget: 429', async () => {
      const place = await freshPlace()
      await place.run('a')
      await place.guard('web', { disruptionsAllowed: 0 })
      expect((await place.evict('a', {}, { dryRun: 'All' })).status).toBe(429)
    })

    test.each(['Pending', 'Succeeded', 'Failed'])('a %s pod goes past an exhausted budget', async (phase) => {
      const place = await freshPlace()
      await place.run('a')
      await report(client, place.pod('a'), { phase, ready: 'False' })
      await place.guard('web', { disruptionsAllowed: 0 })
      expect((await place.evict('a')).status).toBe(201)
    })

    test('a terminating pod goes past an exhausted budget', async () => {
      const place = await freshPlace()
      await place.run('a')
      await place.guard('web', { disruptionsAllowed: 0 })
      accepted(await client.remove(place.pod('a')))
      expect((await place.evict('a')).status).toBe(201)
    })

    test('IfHealthyBudget: an unhealthy pod passes while the application is healthy, without taking from the budget', async () => {
      const place = await freshPlace()
      await place.run('a')
      await report(client, place.pod('a'), { phase: 'Running', ready: 'False' })
      await place.guard('web', { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1 })
      expect((await place.evict('a')).status).toBe(201)
      expect(await place.allowed('web')).toBe(0)
    })

    test('IfHealthyBudget: an unhealthy pod of an unhealthy application is blocked: 429', async () => {
      const place = await freshPlace()
      await place.run('a')
      await report(client, place.pod('a'), { phase: 'Running', ready: 'False' })
      await place.guard('web', { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 1 })
      const answer = await place.evict('a')
      expect(causesWithText(answer)).toEqual([
        { reason: 'DisruptionBudget', message: 'The disruption budget web needs 1 healthy pods and has 0 currently' },
      ])
    })

    test('AlwaysAllow: an unhealthy pod always passes', async () => {
      const place = await freshPlace()
      await place.run('a')
      await report(client, place.pod('a'), { phase: 'Running', ready: 'False' })
      await place.guard(
        'web',
        { disruptionsAllowed: 0, currentHealthy: 0 },
        { unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      )
      expect((await place.evict('a')).status).toBe(201)
    })

    test('AlwaysAllow: a healthy pod is held as ever', async () => {
      const place = await freshPlace()
      await place.run('a')
      await place.guard('web', { disruptionsAllowed: 0 }, { unhealthyPodEvictionPolicy: 'AlwaysAllow' })
      expect((await place.evict('a')).status).toBe(429)
    })

    test('a budget of another selector or namespace does not matter', async () => {
      const [place, elsewhere] = [await freshPlace(), await freshPlace()]
      await place.run('a')
      await place.guard('other', { disruptionsAllowed: 0 }, { selector: { matchLabels: { app: 'other' } } })
      await elsewhere.guard('web', { disruptionsAllowed: 0 })
      expect((await place.evict('a')).status).toBe(201)
    })

    test('a budget with an empty selector covers every pod of its namespace, one without selector none', async () => {
      const [every, none] = [await freshPlace(), await freshPlace()]
      for (const place of [every, none]) await place.run('a')
      accepted(
        await client.create(budgetsOf(every.namespace), {
          metadata: { name: 'all' },
          spec: { minAvailable: 1, selector: {} },
        }),
      )
      accepted(
        await client.create(budgetsOf(none.namespace), { metadata: { name: 'none' }, spec: { minAvailable: 1 } }),
      )
      expect([(await every.evict('a')).status, (await none.evict('a')).status]).toEqual([429, 201])
    })

    test('matchExpressions select too', async () => {
      const place = await freshPlace()
      await place.run('a')
      const selector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }
      await place.guard('web', { disruptionsAllowed: 0 }, { selector })
      expect((await place.evict('a')).status).toBe(429)
    })

    test('a budget with more than 2000 unconfirmed disruptions: 403', async () => {
      const place = await freshPlace()
      await place.run('a')
      const names = Array.from({ length: 2001 }, (_, index) => [`gone-${index}`, '2026-01-01T00:00:00Z'])
      await place.guard('web', { disruptionsAllowed: 1, disruptedPods: Object.fromEntries(names) })
      expect(failure(await place.evict('a'))).toBe(
        '403 Forbidden: poddisruptionbudget.policy "web" is forbidden: DisruptedPods map too big - ' +
          'too many evictions not confirmed by PDB controller',
      )
    })

    test('in a namespace that terminates: 403 with the cause', async () => {
      const place = await freshPlace()
      await place.run('a')
      accepted(await client.mergePatch(place.pod('a'), { metadata: { finalizers: ['a.test/hold'] } }))
      accepted(await client.remove(`/api/v1/namespaces/${place.namespace}`))
      const answer = await place.evict('a')
      expect(failure(answer)).toContain('403 Forbidden: ')
      expect(answer.body).toMatchObject({
        details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
      })
    })

    test('another name in the body than in the path: 400', async () => {
      const place = await freshPlace()
      await place.run('a')
      const answer = await client.create(`${place.pod('a')}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'b' },
      })
      expect(failure(answer)).toBe('400 BadRequest: name in URL does not match name in Eviction object')
    })

    test('another kind in the body: 400', async () => {
      const place = await freshPlace()
      await place.run('a')
      const answer = await client.create(`${place.pod('a')}/eviction`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a' },
      })
      expect(failure(answer)).toMatch(/^400 BadRequest: Pod in version "v1" cannot be handled as a Eviction/)
    })
  })
}
