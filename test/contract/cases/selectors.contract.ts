import { beforeAll, describe, expect, test } from 'vitest'
import { accepted, failure, namesOf } from '../answers.ts'
import { configMapsOf, fresh, freshNamespace, nodesPath, pod, podsOf } from '../objects.ts'
import type { Target } from '../target.ts'

export function selectorCases({ client }: Target): void {
  describe('label selectors', () => {
    let path = ''
    beforeAll(async () => {
      path = configMapsOf(await freshNamespace(client))
      const labels = {
        a: { tier: '1', zone: 'x' },
        b: { tier: '2' },
        c: {},
        d: { tier: '3', zone: 'y' },
        e: { tier: '' },
      }
      for (const [name, own] of Object.entries(labels))
        accepted(await client.create(path, { metadata: { name, labels: own } }))
    })

    test.each([
      ['tier=1', ['a']],
      ['tier==1', ['a']],
      ['tier!=1', ['b', 'c', 'd', 'e']],
      ['tier', ['a', 'b', 'd', 'e']],
      ['!tier', ['c']],
      ['tier in (1,2)', ['a', 'b']],
      ['tier in (1)', ['a']],
      ['tier notin (1,2)', ['c', 'd', 'e']],
      ['tier>1', ['b', 'd']],
      ['tier<3', ['a', 'b']],
      ['tier=', ['e']],
      ['tier,zone', ['a', 'd']],
      ['tier,!zone', ['b', 'e']],
      ['tier=1,zone=x', ['a']],
      ['tier=1,zone=y', []],
      ['tier in (1,3), zone notin (x)', ['d']],
      [' tier = 1 ', ['a']],
      ['', ['a', 'b', 'c', 'd', 'e']],
    ])('%j selects %j', async (labelSelector, expected) => {
      expect(namesOf(await client.get(path, { labelSelector }))).toEqual(expected)
    })

    test.each([
      ['tier in (1', "unable to parse requirement: found '', expected: ',' or ')'"],
      ['=x', "found '=', expected: !, identifier, or 'end of string'"],
      ['tier=a b', "found 'b', expected: ',' or 'end of string'"],
      ['tier gt 1', "unable to parse requirement: found 'gt', expected: in, notin, =, ==, !=, gt, lt"],
      ['tier>x', "for 'Gt', 'Lt' operators, the value must be an integer"],
      ['a/b/c=1', 'a valid label key must consist of alphanumeric characters'],
    ])('%j is malformed: 400', async (labelSelector, message) => {
      const answer = await client.get(path, { labelSelector })
      expect(failure(answer)).toMatch(/^400 BadRequest: /)
      expect(failure(answer)).toContain(message)
    })
  })

  describe('field selectors', () => {
    test.each([
      ['metadata.name=a', ['a']],
      ['metadata.name==a', ['a']],
      ['metadata.name!=a', ['b', 'c']],
      ['metadata.name!=a,metadata.name!=b', ['c']],
      ['metadata.name=a,metadata.name=b', []],
      ['', ['a', 'b', 'c']],
    ])('%j selects %j', async (fieldSelector, expected) => {
      const path = configMapsOf(await freshNamespace(client))
      for (const name of ['a', 'b', 'c']) accepted(await client.create(path, { metadata: { name } }))
      expect(namesOf(await client.get(path, { fieldSelector }))).toEqual(expected)
    })

    test('metadata.namespace over all namespaces', async () => {
      const namespace = await freshNamespace(client)
      accepted(await client.create(configMapsOf(namespace), { metadata: { name: 'a' } }))
      const answer = await client.get('/api/v1/configmaps', { fieldSelector: `metadata.namespace=${namespace}` })
      expect(namesOf(answer)).toEqual(['a'])
    })

    test('label and field selectors both have to hold', async () => {
      const path = configMapsOf(await freshNamespace(client))
      for (const name of ['a', 'b']) accepted(await client.create(path, { metadata: { name, labels: { app: 'x' } } }))
      expect(namesOf(await client.get(path, { labelSelector: 'app=x', fieldSelector: 'metadata.name=b' }))).toEqual([
        'b',
      ])
    })

    test('pods by spec.nodeName and status.phase', async () => {
      const path = podsOf(await freshNamespace(client))
      const nodeName = fresh('node')
      accepted(await client.create(path, pod('bound', { spec: { nodeName } })))
      accepted(await client.create(path, pod('free')))
      expect(namesOf(await client.get('/api/v1/pods', { fieldSelector: `spec.nodeName=${nodeName}` }))).toEqual([
        'bound',
      ])
      expect(namesOf(await client.get(path, { fieldSelector: 'spec.nodeName=' }))).toEqual(['free'])
      expect(namesOf(await client.get(path, { fieldSelector: 'status.phase=Pending,spec.nodeName!=' }))).toEqual([
        'bound',
      ])
    })

    test('nodes by spec.unschedulable', async () => {
      const [labels, one, two] = [{ run: fresh('run') }, fresh('node'), fresh('node')]
      accepted(await client.create(nodesPath, { metadata: { name: one, labels }, spec: { unschedulable: true } }))
      accepted(await client.create(nodesPath, { metadata: { name: two, labels } }))
      const select = async (value: string): Promise<readonly string[]> =>
        namesOf(
          await client.get(nodesPath, {
            labelSelector: `run=${labels.run}`,
            fieldSelector: `spec.unschedulable=${value}`,
          }),
        )
      expect(await select('true')).toEqual([one])
      expect(await select('false')).toEqual([two])
    })

    test('an unknown field of a kind without own fields: 400 with the known ones', async () => {
      const path = configMapsOf(await freshNamespace(client))
      expect(failure(await client.get(path, { fieldSelector: 'spec.foo=1' }))).toBe(
        '400 BadRequest: "spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
      )
    })

    test.each(['/api/v1/pods', nodesPath])('an unknown field of %s: 400', async (path) => {
      expect(failure(await client.get(path, { fieldSelector: 'spec.foo=1' }))).toBe(
        '400 BadRequest: field label not supported: spec.foo',
      )
    })

    test('no operator: 400', async () => {
      const path = configMapsOf(await freshNamespace(client))
      expect(failure(await client.get(path, { fieldSelector: 'metadata.name' }))).toBe(
        "400 BadRequest: invalid selector: 'metadata.name'; can't understand 'metadata.name'",
      )
    })
  })
}
