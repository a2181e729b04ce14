import { gateReasons } from './gates.ts'
import { conditionReasonTexts } from './reasons/condition-reason-texts.ts'
import { eventGateReasons, eventOutcomes, eventReasonTexts } from './reasons/event-reason-texts.ts'
import { gateReasonTexts } from './reasons/gate-reason-texts.ts'
import { outcomeTexts } from './reasons/outcome-texts.ts'
import type { ReasonText } from './reasons/reason.ts'
import { outcomes } from './v1alpha1/node-remediation.ts'

export interface Reason extends ReasonText {
  readonly reason: string
  /** The gate that gives it; undefined: no gate does. */
  readonly gate: string | undefined
  readonly isOutcome: boolean
  readonly isEvent: boolean
}

const texts: Readonly<Record<string, ReasonText>> = {
  ...gateReasonTexts,
  ...outcomeTexts,
  ...conditionReasonTexts,
  ...eventReasonTexts,
}

const gateOf: ReadonlyMap<string, string> = new Map(
  Object.entries(gateReasons).flatMap(([gate, given]) => Object.keys(given).map((reason) => [reason, gate] as const)),
)

const outcomeWords: ReadonlySet<string> = new Set(outcomes)
const eventWords: ReadonlySet<string> = new Set([
  ...Object.keys(eventReasonTexts),
  ...eventOutcomes,
  ...eventGateReasons,
])

/** Every word that Prunella gives as a reason, in the order of the alphabet. One word, one situation. */
export const reasons: readonly Reason[] = Object.entries(texts)
  .map(([reason, text]) => ({
    ...text,
    reason,
    gate: gateOf.get(reason),
    isOutcome: outcomeWords.has(reason),
    isEvent: eventWords.has(reason),
  }))
  .toSorted((left, right) => (left.reason < right.reason ? -1 : 1))
