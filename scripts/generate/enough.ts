import { compileWhen, evaluateWhen, type SignalTruths } from '../../src/domain/policy/cel.ts'

/** What makes a diagnosis of signals, and what unmakes it: the smallest sets, each as names in the order of the expression. */
export interface Enough {
  /** With all of one set True it is given, whatever the others say. */
  readonly gives: readonly (readonly string[])[]
  /** With all of one set False it is not given, whatever the others say. */
  readonly ends: readonly (readonly string[])[]
}

/** So many signals, and every combination of them is asked. */
const signalsMax = 12

/** Throws where the expression does not compile, or reads more signals than can be asked about. */
export function enoughOf(when: string, signalNames: readonly string[]): Enough {
  const compiled = compileWhen(when, signalNames)
  if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join('; '))
  const places = (name: string): number => when.search(new RegExp(`\\b${name}\\b`))
  const names = compiled.value.signalNames.toSorted((left, right) => places(left) - places(right))
  if (names.length > signalsMax) throw new Error(`\`${when}\` reads more than ${signalsMax} signals`)
  const truth = (known: ReadonlySet<string>, as: 'True' | 'False') => {
    const signals: SignalTruths = Object.fromEntries(names.map((name) => [name, known.has(name) ? as : 'Unknown']))
    return evaluateWhen(compiled.value, { signals, node: undefined })
  }
  return {
    gives: smallest(names, (set) => truth(set, 'True') === 'True'),
    ends: smallest(names, (set) => truth(set, 'False') === 'False'),
  }
}

/** Those that suffice and have no part that suffices. What the rest says is Unknown, so that it does not matter. */
function smallest(
  names: readonly string[],
  suffices: (set: ReadonlySet<string>) => boolean,
): readonly (readonly string[])[] {
  const found: (readonly string[])[] = []
  const all = Array.from({ length: 2 ** names.length }, (_, bits) =>
    names.filter((__, index) => (bits >> index) % 2 === 1),
  )
  for (const set of all.toSorted((left, right) => left.length - right.length)) {
    const isLarger = found.some((part) => part.every((name) => set.includes(name)))
    if (set.length > 0 && !isLarger && suffices(new Set(set))) found.push(set)
  }
  return found
}
