import { describe, expect, test } from 'vitest'
import { at, textAt } from '../../../src/kernel/json.ts'
import { accepted, causesOf, failure, namesOf, resourceVersionOf } from '../answers.ts'
import type { Answer } from '../client.ts'
import { freshConfigMaps, named } from '../objects.ts'
import type { Target } from '../target.ts'

const continueOf = ({ body }: Answer): string => textAt(body, 'metadata', 'continue') ?? ''
const remainingOf = ({ body }: Answer): unknown => at(body, 'metadata', 'remainingItemCount')

export function listCases({ client }: Target): void {
  const filled = async (...names: readonly string[]): Promise<string> => {
    const path = await freshConfigMaps(client)
    for (const name of names) accepted(await client.create(path, named(name)))
    return path
  }

  describe('list', () => {
    test('is ordered by name and says its kind and resourceVersion', async () => {
      const path = await filled('b', 'a', 'c')
      const answer = await client.get(path)
      expect(answer.body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' })
      expect(namesOf(answer)).toEqual(['a', 'b', 'c'])
      expect(Number(resourceVersionOf(answer))).toBeGreaterThan(0)
    })

    test('of all namespaces is ordered by namespace, then name', async () => {
      const paths = [await filled('b', 'a'), await filled('c')]
      const spaces = paths.map((path) => path.split('/')[4] ?? '').toSorted()
      const answer = await client.get('/api/v1/configmaps')
      const mine = namesOf(answer).filter((name) => ['a', 'b', 'c'].includes(name))
      expect(mine.length).toBeGreaterThanOrEqual(3)
      const items = at(answer.body, 'items')
      const keys = Array.isArray(items)
        ? items.map((item) => `${textAt(item, 'metadata', 'namespace')}/${textAt(item, 'metadata', 'name')}`)
        : []
      expect(keys).toEqual(keys.toSorted())
      expect(keys).toEqual(
        expect.arrayContaining([`${spaces[0]}/${spaces[0] === paths[0]?.split('/')[4] ? 'a' : 'c'}`]),
      )
    })

    test('items of a built-in kind carry no kind and apiVersion of their own', async () => {
      expect(at((await client.get(await filled('a'))).body, 'items', 0)).not.toHaveProperty('kind')
    })
  })

  describe('paged list', () => {
    test('limit cuts, remainingItemCount counts the rest, continue goes on', async () => {
      const path = await filled('a', 'b', 'c', 'd', 'e')
      const first = await client.get(path, { limit: 2 })
      expect([namesOf(first), remainingOf(first)]).toEqual([['a', 'b'], 3])
      const second = await client.get(path, { limit: 2, continue: continueOf(first) })
      expect([namesOf(second), remainingOf(second)]).toEqual([['c', 'd'], 1])
      const last = await client.get(path, { limit: 2, continue: continueOf(second) })
      expect([namesOf(last), remainingOf(last), continueOf(last)]).toEqual([['e'], undefined, ''])
    })

    test('all pages show the world of the first', async () => {
      const path = await filled('a', 'b', 'c')
      const first = await client.get(path, { limit: 1 })
      accepted(await client.create(path, named('bb')))
      accepted(await client.remove(`${path}/c`))
      const rest = await client.get(path, { limit: 9, continue: continueOf(first) })
      expect(namesOf(rest)).toEqual(['b', 'c'])
      expect(resourceVersionOf(rest)).toBe(resourceVersionOf(first))
    })

    test('a limit that is not reached leaves no continue', async () => {
      expect(continueOf(await client.get(await filled('a', 'b'), { limit: 2 }))).toBe('')
    })

    test('with a selector the rest is not counted', async () => {
      const path = await freshConfigMaps(client)
      for (const name of ['a', 'b', 'c'])
        accepted(await client.create(path, { metadata: { name, labels: { app: 'x' } } }))
      const first = await client.get(path, { limit: 1, labelSelector: 'app=x' })
      expect([namesOf(first), remainingOf(first)]).toEqual([['a'], undefined])
      expect(
        namesOf(await client.get(path, { limit: 9, labelSelector: 'app=x', continue: continueOf(first) })),
      ).toEqual(['b', 'c'])
    })

    test('a continue token that is none: 400', async () => {
      expect(failure(await client.get(await filled(), { limit: 1, continue: 'junk' }))).toContain(
        '400 BadRequest: invalid continue token',
      )
    })

    test('continue together with a resourceVersion: 400', async () => {
      const path = await filled('a', 'b')
      const first = await client.get(path, { limit: 1 })
      expect(
        failure(await client.get(path, { continue: continueOf(first), resourceVersion: resourceVersionOf(first) })),
      ).toBe('400 BadRequest: specifying resource version is not allowed when using continue')
    })

    test('a limit that is no number: 400', async () => {
      expect(failure(await client.get(await filled(), { limit: 'x' }))).toContain(
        '400 BadRequest: strconv.ParseInt: parsing "x": invalid syntax',
      )
    })
  })

  describe.concurrent('list at a resourceVersion', () => {
    test('without one and with 0: what is there now', async () => {
      const path = await filled('a')
      expect(namesOf(await client.get(path))).toEqual(['a'])
      expect(namesOf(await client.get(path, { resourceVersion: 0 }))).toEqual(['a'])
    })

    test('not older than a write: the write is seen', async () => {
      const path = await filled('a')
      const written = resourceVersionOf(accepted(await client.create(path, named('b'))))
      expect(namesOf(await client.get(path, { resourceVersion: written }))).toEqual(['a', 'b'])
      expect(
        namesOf(await client.get(path, { resourceVersion: written, resourceVersionMatch: 'NotOlderThan' })),
      ).toEqual(['a', 'b'])
    })

    test('exactly a former one: the world of then', async () => {
      const path = await filled('a')
      const then = resourceVersionOf(await client.get(path))
      accepted(await client.create(path, named('b')))
      const answer = await client.get(path, { resourceVersion: then, resourceVersionMatch: 'Exact' })
      expect(namesOf(answer)).toEqual(['a'])
      expect(resourceVersionOf(answer)).toBe(then)
    })

    test('one of the future: 504 with a cause and patience', async () => {
      const answer = await client.get(await filled(), { resourceVersion: '99999999' })
      expect(failure(answer)).toMatch(/^504 Timeout: Timeout: Too large resource version: 99999999, current: [0-9]+$/)
      expect(answer.headers['retry-after']).toBe('1')
      expect(answer.body).toMatchObject({
        details: {
          causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
          retryAfterSeconds: 1,
        },
      })
    })

    test('one that is no number: 400', async () => {
      expect(failure(await client.get(await filled(), { resourceVersion: 'junk' }))).toContain(
        '400 BadRequest: invalid resource version',
      )
    })

    test.each([
      [{ resourceVersionMatch: 'Exact' }, 'resourceVersionMatch is forbidden unless resourceVersion is provided'],
      [
        { resourceVersionMatch: 'Exact', resourceVersion: 0 },
        'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      ],
      [
        { resourceVersionMatch: 'Newest', resourceVersion: 1 },
        'Unsupported value: "Newest": supported values: "Exact", "NotOlderThan", ""',
      ],
    ])('%j: 422', async (query, message) => {
      const answer = await client.get(await filled(), query)
      expect(failure(answer)).toContain('422 Invalid: ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: ')
      expect(failure(answer)).toContain(message)
      expect(causesOf(answer)[0]).toContain('resourceVersionMatch')
    })

    test('sendInitialEvents is for watches: 422', async () => {
      expect(failure(await client.get(await filled(), { sendInitialEvents: true }))).toContain(
        'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
      )
    })
  })
}
