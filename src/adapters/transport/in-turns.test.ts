import { expect, test } from 'vitest'
import { inTurns } from './in-turns.ts'

/** As from a socket whose buffer is never empty. */
async function* endless(chunks: number, bytes: number): AsyncGenerator<Buffer, void> {
  for (let index = 0; index < chunks; index += 1) yield Buffer.alloc(bytes, index)
}

test('others have their turn after every stretch', async () => {
  let turns = 0
  const count = (): void => {
    turns += 1
    timer = setImmediate(count)
  }
  let timer = setImmediate(count)
  const read: number[] = []
  const turnsAt: number[] = []
  for await (const chunk of inTurns(endless(10, 100), 300)) {
    read.push(chunk[0] ?? -1)
    turnsAt.push(turns)
  }
  clearImmediate(timer)
  expect(read).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(turnsAt).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
})
