import { type Chance, chanceNames } from '../plan/fault.ts'
import type { Plan, Strike } from '../plan/plan.ts'
import type { Played, Request } from './play.ts'
import type { ShortStory } from './short-stories.ts'

export type Moment = 'KilledBefore' | 'KilledAfter'
export const moments: readonly Moment[] = ['KilledBefore', 'KilledAfter']

/** One run of the enumeration. */
export interface Case {
  readonly name: string
  readonly plan: Plan
}

/** The process dies just before this request leaves, or when it was served and before its answer is heard. */
export const killCase = ({ name, plan }: ShortStory, at: Request, moment: Moment): Case => ({
  name: `${name} ${moment} ${at.replica + 1}.${at.start}#${at.request} ${at.what}`,
  plan: { ...plan, strikes: [strikeAt(at, moment)] },
})

/** Faults of a single request: the others lie on a watch or on the road to a BMC, and blow for the whole run. */
const ofOneRequest: readonly Chance[] = [
  'RequestLost',
  'RequestLate',
  'ResponseLost',
  'ServerRefused',
  'Throttled',
  'ConflictingWrite',
  'ServerFailed',
  'ServerTimedOut',
  'AnswerSlow',
  'WebhookFailed',
  'WebhookSlow',
  'Compacted',
]

/**
 * The same kill, and every single fault: at the first effect that follows it, or for the whole run where the fault knows no request.
 * `killed` is the run with the kill alone: up to that effect the runs are the same.
 */
export function faultCases(kill: Case, at: Request, killed: Played): readonly Case[] {
  const next = effectAfter(at, killed)
  return chanceNames.flatMap((fault): readonly Case[] => {
    const name = `${kill.name} × ${fault}`
    if (!ofOneRequest.includes(fault)) return [{ name, plan: { ...kill.plan, faults: { [fault]: 100 } } }]
    if (next === undefined) return []
    return [{ name, plan: { ...kill.plan, strikes: [...kill.plan.strikes, strikeAt(next, fault)] } }]
  })
}

const effectAfter = (at: Request, { requests }: Played): Request | undefined => {
  const index = requests.findIndex((one) => isSame(one, at))
  return requests.slice(index + 1).find(({ isEffect }) => isEffect)
}

const isSame = (left: Request, right: Request): boolean =>
  left.replica === right.replica && left.start === right.start && left.request === right.request

const strikeAt = ({ replica, start, request }: Request, fault: Strike['fault']): Strike => ({
  replica,
  start,
  request,
  fault,
})
