import { expect, test } from 'vitest'
import { LedgerCustody } from './ledger-custody.ts'

test('turns are taken one after the other, in the order in which they were asked for, whatever becomes of each', async () => {
  const custody = new LedgerCustody()
  const told: string[] = []
  const turn = (name: string, fails = false): Promise<void> =>
    custody.inTurn(async () => {
      told.push(`${name} reads`)
      await Promise.resolve()
      told.push(`${name} writes`)
      if (fails) throw new Error(name)
    })
  const turns = [turn('a'), turn('b', true), turn('c')]
  expect(await Promise.allSettled(turns)).toMatchObject([{ status: 'fulfilled' }, { reason: new Error('b') }, {}])
  expect(told).toEqual(['a reads', 'a writes', 'b reads', 'b writes', 'c reads', 'c writes'])
})

test('custody goes on with our own writes, and ends with the version of somebody else', () => {
  const custody = new LedgerCustody()
  custody.take('3')
  custody.wrote('3', '4')
  expect([custody.holds('3'), custody.holds('4')]).toEqual([false, true])
  custody.wrote('7', '8')
  expect([custody.holds('8'), custody.holds('4')]).toEqual([false, true])
})
