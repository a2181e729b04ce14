import { expect, test } from 'vitest'
import { LedgerCustody } from './ledger-custody.ts'

test('custody goes on with our own writes, and ends with the version of somebody else', () => {
  const custody = new LedgerCustody()
  custody.take('3')
  custody.wrote('3', '4')
  expect([custody.holds('3'), custody.holds('4')]).toEqual([false, true])
  custody.wrote('7', '8')
  expect([custody.holds('8'), custody.holds('4')]).toEqual([false, true])
})

test('a list that took long takes nothing back of what was written meanwhile', () => {
  const custody = new LedgerCustody()
  custody.take('3')
  custody.wrote('3', '10')
  custody.take('3')
  expect(custody.holds('10')).toBe(true)
})
