import type { Clock } from '../ports/clock.ts'

/** A few milliseconds' worth, at some microseconds for each. */
export const itemsPerTurn = 1_000

/** Does something with each of a list that may be long, one after the other; in between the rest of the process gets its turn. */
export async function eachInTurns<Item>(
  items: Iterable<Item>,
  { sleep }: Pick<Clock, 'sleep'>,
  work: (item: Item) => void,
): Promise<void> {
  let left = itemsPerTurn
  for (const item of items) {
    if (left === 0) {
      await sleep(0)
      left = itemsPerTurn
    }
    left -= 1
    work(item)
  }
}
