/**
 * What a rule may call, in the words of the type checker: `target.name(arguments): result`. A, K and V stand for any
 * type. A function that Kubernetes serves and this list lacks is refused when the CRD is created, never guessed.
 */
const declared = `
_+_(int, int): int
_+_(uint, uint): uint
_+_(double, double): double
_+_(string, string): string
_+_(bytes, bytes): bytes
_+_(list(A), list(A)): list(A)
_+_(timestamp, duration): timestamp
_+_(duration, timestamp): timestamp
_+_(duration, duration): duration
_-_(int, int): int
_-_(uint, uint): uint
_-_(double, double): double
_-_(timestamp, timestamp): duration
_-_(timestamp, duration): timestamp
_-_(duration, duration): duration
_*_(int, int): int
_*_(uint, uint): uint
_*_(double, double): double
_/_(int, int): int
_/_(uint, uint): uint
_/_(double, double): double
_%_(int, int): int
_%_(uint, uint): uint
-_(int): int
-_(double): double
!_(bool): bool
_&&_(bool, bool): bool
_||_(bool, bool): bool
_==_(A, A): bool
_!=_(A, A): bool
_?_:_(bool, A, A): A
@in(A, list(A)): bool
@in(K, map(V)): bool
@not_strictly_false(bool): bool
_[_](list(A), int): A
_[_](map(A), string): A
size(string): int
size(bytes): int
size(list(A)): int
size(map(A)): int
string.size(): int
bytes.size(): int
list(A).size(): int
map(A).size(): int
type(A): type
dyn(A): dyn
bool(bool): bool
bool(string): bool
bytes(bytes): bytes
bytes(string): bytes
double(double): double
double(int): double
double(string): double
double(uint): double
duration(duration): duration
duration(string): duration
int(int): int
int(double): int
int(string): int
int(timestamp): int
int(uint): int
string(string): string
string(bool): string
string(bytes): string
string(double): string
string(duration): string
string(int): string
string(timestamp): string
string(uint): string
timestamp(int): timestamp
timestamp(string): timestamp
timestamp(timestamp): timestamp
uint(uint): uint
uint(double): uint
uint(int): uint
uint(string): uint
string.contains(string): bool
string.startsWith(string): bool
string.endsWith(string): bool
string.matches(string): bool
matches(string, string): bool
string.find(string): string
string.findAll(string): list(string)
string.findAll(string, int): list(string)
string.charAt(int): string
string.indexOf(string): int
string.indexOf(string, int): int
string.lastIndexOf(string): int
string.lastIndexOf(string, int): int
string.lowerAscii(): string
string.upperAscii(): string
string.trim(): string
string.replace(string, string): string
string.replace(string, string, int): string
string.split(string): list(string)
string.split(string, int): list(string)
string.substring(int): string
string.substring(int, int): string
list(string).join(): string
list(string).join(string): string
list(A).isSorted(): bool
list(int).sum(): int
list(double).sum(): double
list(duration).sum(): duration
list(A).min(): A
list(A).max(): A
list(A).indexOf(A): int
list(A).lastIndexOf(A): int
timestamp.getFullYear(): int
timestamp.getMonth(): int
timestamp.getDate(): int
timestamp.getDayOfMonth(): int
timestamp.getDayOfWeek(): int
timestamp.getDayOfYear(): int
timestamp.getHours(): int
timestamp.getMinutes(): int
timestamp.getSeconds(): int
timestamp.getMilliseconds(): int
duration.getHours(): int
duration.getMinutes(): int
duration.getSeconds(): int
duration.getMilliseconds(): int
isURL(string): bool
optional(A).hasValue(): bool
optional(A).value(): A
optional(A).orValue(A): A
`

/** Numbers of different types may be compared by size, though not for equality. */
const ordered = ['bool', 'string', 'bytes', 'timestamp', 'duration', 'int', 'uint', 'double']
const numbers = ['int', 'uint', 'double']
const comparisons = ['_<_', '_<=_', '_>_', '_>=_'].flatMap((name) =>
  ordered.flatMap((left) =>
    ordered
      .filter((right) => left === right || (numbers.includes(left) && numbers.includes(right)))
      .map((right) => `${name}(${left}, ${right}): bool`),
  ),
)

export interface Signature {
  /** Undefined: a function, not a method. */
  readonly target: Pattern | undefined
  readonly args: readonly Pattern[]
  readonly result: Pattern
}

/** A type with variables in it. */
export type Pattern =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'dyn' }
  | { readonly kind: 'list' | 'map' | 'optional'; readonly of: Pattern }

const longNames: Readonly<Record<string, string>> = {
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
}

/** By the name of the function. */
export const signatures: ReadonlyMap<string, readonly Signature[]> = readAll([
  ...declared.trim().split('\n'),
  ...comparisons,
])

function readAll(lines: readonly string[]): ReadonlyMap<string, readonly Signature[]> {
  const found = new Map<string, Signature[]>()
  for (const line of lines) {
    const [, head = '', args = '', result = ''] = /^(.+?)\(((?:[^()]|\([^()]*\))*)\): (\S+)$/.exec(line) ?? []
    const dot = head.lastIndexOf('.')
    const target = dot === -1 ? undefined : readPattern(head.slice(0, dot))
    const name = head.slice(dot + 1)
    const signature = {
      target,
      args: args === '' ? [] : args.split(', ').map(readPattern),
      result: readPattern(result),
    }
    found.set(name, [...(found.get(name) ?? []), signature])
  }
  return found
}

function readPattern(text: string): Pattern {
  for (const kind of ['list', 'map', 'optional'] as const) {
    if (text.startsWith(`${kind}(`)) return { kind, of: readPattern(text.slice(kind.length + 1, -1)) }
  }
  if (text === 'dyn') return { kind: 'dyn' }
  return /^[A-Z]$/.test(text) ? { kind: 'variable', name: text } : { kind: 'scalar', name: longNames[text] ?? text }
}
