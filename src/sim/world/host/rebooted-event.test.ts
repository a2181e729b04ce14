import { expect, test } from 'vitest'
import { later, seconds } from '../../../kernel/time.ts'
import { epoch } from '../../loop.ts'
import { nameOf } from '../fields.ts'
import { rebootedEvent } from './rebooted-event.ts'

const node = (bootID: string) => ({ metadata: { name: 'node-1', uid: 'u' }, status: { nodeInfo: { bootID } } })

test('a boot is told of when the stored one is another, and again after a late word of the boot before, by a new name', () => {
  const first = rebootedEvent(node('one'), 'two', epoch)
  const again = rebootedEvent(node('one'), 'two', later(epoch, seconds(10)))
  expect(first).toMatchObject({ reason: 'Rebooted', involvedObject: { name: 'node-1', uid: 'u' } })
  expect([first, again].map((event) => event && nameOf(event))).toEqual([
    'node-1.two.19b76daa800',
    'node-1.two.19b76dacf10',
  ])
  expect(rebootedEvent(node('two'), 'two', epoch)).toBeUndefined()
  expect(rebootedEvent(node(''), 'two', epoch)).toBeUndefined()
})
