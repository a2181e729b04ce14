import { expect, test } from 'vitest'
import { Hold } from './hold.ts'

test('what two hold is over when both have let go, however often one does', () => {
  const seen: boolean[] = []
  const hold = new Hold((isHeld) => seen.push(isHeld))
  const [first, second] = [hold.take(), hold.take()]
  first()
  first()
  expect([hold.isHeld, seen]).toEqual([true, [true]])
  second()
  expect([hold.isHeld, seen]).toEqual([false, [true, false]])
})
