import type { ConditionStatus } from '../../../api/core/node.ts'
import { type CompiledWhen, evaluateWhen, type SignalTruths } from '../cel.ts'

/** More signals than this are too many combinations to try. */
export const signalsTriedMax = 10
/** Up to so many, an Unknown is tried as well. */
const withUnknownMax = 6

/** Every combination of states of these signals, of which there are at most `signalsTriedMax`. */
function* truthsOf(names: readonly string[]): Generator<SignalTruths> {
  const states: readonly ConditionStatus[] =
    names.length <= withUnknownMax ? ['False', 'True', 'Unknown'] : ['False', 'True']
  for (let code = 0; code < states.length ** names.length; code += 1) {
    yield Object.fromEntries(
      names.map((name, place) => [
        name,
        states[Math.floor(code / states.length ** place) % states.length] ?? 'Unknown',
      ]),
    )
  }
}

/** Every combination in which it might be True: with an Unknown only where it is not False whatever that turns out to be. */
export const matchingTruths = (when: CompiledWhen): readonly SignalTruths[] =>
  [...truthsOf(when.signalNames)].filter((truths) => mayMatch(when, truths))

function mayMatch(when: CompiledWhen, truths: SignalTruths): boolean {
  const open = Object.keys(truths).find((name) => truths[name] === 'Unknown')
  if (open === undefined) return verdictOf(when, truths) !== 'False'
  return mayMatch(when, { ...truths, [open]: 'True' }) && mayMatch(when, { ...truths, [open]: 'False' })
}

/**
 * What a `when` comes to if nothing but these states is known: signals that are left out, numbers and facts of the node are
 * Unknown. True and False are then so whatever they turn out to be.
 */
export const verdictOf = (when: CompiledWhen, signals: SignalTruths): ConditionStatus =>
  evaluateWhen(when, { signals, node: undefined })
