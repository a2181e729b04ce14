import {
  type CelFunc,
  type CelInput,
  type CelList,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  isCelList,
  isCelMap,
  parse,
  plan,
} from '@bufbuild/cel'

const { BOOL, DYN } = CelScalar

/** The keys of a list of type map; none of them for a list of type set. */
const keysOfLists = new WeakMap<CelList, readonly string[]>()

/** From now on the list equals any other with the same members, in whatever order. */
export function compareUnordered(list: CelList, keys: readonly string[]): CelList {
  keysOfLists.set(list, keys)
  return list
}

/** Kubernetes compares lists of type set and map without regard to order; CEL by itself knows no such lists. */
export const equality: CelFunc[] = [
  celFunc('_==_', [DYN, DYN], BOOL, (left, right) => isSame(left, right)),
  celFunc('_!=_', [DYN, DYN], BOOL, (left, right) => !isSame(left, right)),
]

function isSame(left: CelValue, right: CelValue): boolean {
  if (left === right) return true
  if (isCelList(left) && isCelList(right)) return isSameList(left, right)
  if (isCelMap(left) && isCelMap(right)) {
    return left.size === right.size && [...left].every(([key, value]) => isSamePart(value, right.get(key)))
  }
  return isPlain(left) && isPlain(right) ? false : equals({ left, right }) === true
}

const isSamePart = (left: CelValue, right: CelValue | undefined): boolean => right !== undefined && isSame(left, right)

/** As CEL itself has it, for what is neither list nor map. */
const equals = plan(celEnv(), parse('left == right'))

/** Of one type these are equal only if they are identical, and of two types never. */
const isPlain = (value: CelValue): boolean => value === null || typeof value === 'string' || typeof value === 'boolean'

function isSameList(left: CelList, right: CelList): boolean {
  if (left.size !== right.size) return false
  const keys = keysOfLists.get(left) ?? keysOfLists.get(right)
  const [ours, theirs] = keys === undefined ? [[...left], [...right]] : [ordered(left, keys), ordered(right, keys)]
  return ours.every((member, index) => isSamePart(member, theirs[index]))
}

const ordered = (list: CelList, keys: readonly string[]): readonly CelValue[] =>
  [...list].toSorted((left, right) => (nameOf(left, keys) < nameOf(right, keys) ? -1 : 1))

/** What tells a member from the others of its list. */
function nameOf(member: CelValue, keys: readonly string[]): string {
  if (isCelMap(member))
    return (keys.length === 0 ? [...member.keys()].map(String).toSorted() : keys)
      .map((key) => textOf(member.get(key)))
      .join('\n')
  return textOf(member)
}

const textOf = (value: CelInput | undefined): string =>
  typeof value === 'object' && value !== null ? '' : `${typeof value} ${String(value)}`
