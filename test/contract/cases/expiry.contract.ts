import { describe, expect, test } from 'vitest'
import { textAt } from '../../../src/kernel/json.ts'
import { accepted, failure, namesOf, resourceVersionOf } from '../answers.ts'
import type { Answer } from '../client.ts'
import { installed, widgetDefinition } from '../definitions.ts'
import { freshConfigMaps, named, untilSeen } from '../objects.ts'
import type { Target } from '../target.ts'

const continueOf = ({ body }: Answer): string => textAt(body, 'metadata', 'continue') ?? ''

/** The real server looks every 15 s whether etcd was compacted, and serves former pages from its own memory until then. */
const compactionSeenMs = 20_000

/** History ends where etcd was compacted: who comes with an older version starts again from a list. */
export function expiryCases({ client, compact }: Target): void {
  describe.concurrent('expiry', () => {
    test('after compaction the token is expired: 410, with a new one that goes on inconsistently', async () => {
      const path = await freshConfigMaps(client)
      for (const name of ['a', 'b']) accepted(await client.create(path, named(name)))
      const first = await client.get(path, { limit: 1 })
      accepted(await client.create(path, named('c')))
      await compact()
      const goOn = () => client.get(path, { limit: 9, continue: continueOf(first) })
      await untilSeen(async () => (await goOn()).status === 410, compactionSeenMs)
      const answer = await goOn()
      expect(failure(answer)).toMatch(
        /^410 Expired: The provided continue parameter is too old to display a consistent list result\./,
      )
      expect(namesOf(await client.get(path, { limit: 9, continue: continueOf(answer) }))).toEqual(['b', 'c'])
      const exact = await client.get(path, { resourceVersion: resourceVersionOf(first), resourceVersionMatch: 'Exact' })
      expect(failure(exact)).toBe('410 Expired: The resourceVersion for the provided list is too old.')
    })

    test('a watch from before its objects existed: 410 as an ERROR event', async () => {
      const { path, object } = await installed(client, widgetDefinition({ type: 'object' }))
      accepted(await client.create(path, object('a', {})))
      await compact()
      const watch = await client.watch(path, { resourceVersion: '1' })
      expect(watch.status).toBe(200)
      expect(await watch.next()).toMatchObject({
        type: 'ERROR',
        object: {
          kind: 'Status',
          code: 410,
          reason: 'Expired',
          message: expect.stringMatching(/^too old resource version: 1 \(\d+\)$/),
        },
      })
      expect(await watch.ends(3_000)).toBe(true)
    })
  })
}
