import { isObject, type Json } from '../../../kernel/json.ts'
import { deepEqual } from '../objects/fields.ts'

export interface Order {
  /** What the client sees, in its order. */
  readonly wanted: readonly Json[]
  /** The list as it was on the server. */
  readonly before: readonly Json[]
  readonly mergeKey: string | undefined
}

/** The members that the client knows stand in its order; the others go before the first that they preceded until now. */
export function inOrder(list: readonly Json[], { wanted, before, mergeKey }: Order): readonly Json[] {
  const rankIn = (order: readonly Json[], member: Json): number =>
    order.findIndex((each) => isSame(each, member, mergeKey))
  const byRankIn =
    (order: readonly Json[]) =>
    (left: Json, right: Json): number =>
      rankIn(order, left) - rankIn(order, right)
  const known = list.filter((member) => rankIn(wanted, member) !== -1).toSorted(byRankIn(wanted))
  const others = list.filter((member) => rankIn(wanted, member) === -1).toSorted(byRankIn(before))
  const result: Json[] = []
  let [taken, placed] = [0, 0]
  while (taken < known.length && placed < others.length) {
    const [next, other] = [known[taken] ?? null, others[placed] ?? null]
    const [there, here] = [rankIn(before, next), rankIn(before, other)]
    const precedes = there !== -1 && here !== -1 && here < there
    result.push(precedes ? other : next)
    if (precedes) placed += 1
    else taken += 1
  }
  return [...result, ...known.slice(taken), ...others.slice(placed)]
}

function isSame(wanted: Json, member: Json, mergeKey: string | undefined): boolean {
  if (mergeKey === undefined) return deepEqual(wanted, member)
  return isObject(wanted) && isObject(member) && deepEqual(wanted[mergeKey], member[mergeKey])
}
