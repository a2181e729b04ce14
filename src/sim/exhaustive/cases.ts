import { Prng } from '../../kernel/prng.ts'
import { type Chance, chanceNames } from '../plan/fault.ts'
import type { Plan, Strike } from '../plan/plan.ts'
import { Faults } from '../weather/faults.ts'
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
  'ServerUnavailable',
  'ConflictingWrite',
  'ServerFailed',
  'ServerTimedOut',
  'AnswerSlow',
  'WebhookFailed',
  'WebhookSlow',
  'Compacted',
]

const worst = 100

export interface FaultCase extends Case {
  readonly fault: Chance
}

/**
 * The same kill, and every single fault: at the first effect that follows it, or for the whole run where the fault knows no request.
 * `killed` is the run with the kill alone: up to the fault the runs are the same. A fault that finds no occasion in it, or lets all of
 * them go by, would give this very run once more: it is left out.
 */
export function faultCases(kill: Case, at: Request, killed: Played): readonly FaultCase[] {
  const next = effectAfter(at, killed)
  return chanceNames.flatMap((fault): readonly FaultCase[] => {
    const name = `${kill.name} × ${fault}`
    if (!ofOneRequest.includes(fault)) {
      const plan = { ...kill.plan, faults: { [fault]: worst } }
      return wouldHappen(fault, plan.seed, killed) ? [{ name, fault, plan }] : []
    }
    if (next === undefined || !mayBefall(fault, next)) return []
    return [{ name, fault, plan: { ...kill.plan, strikes: [...kill.plan.strikes, strikeAt(next, fault)] } }]
  })
}

/** Draws as the simulation will draw, as often as there is an occasion. */
function wouldHappen(fault: Chance, seed: number, { report }: Played): boolean {
  const faults = new Faults({ [fault]: worst }, new Prng(seed).fork('faults'))
  faults.areOff = false
  return Array.from({ length: report.occasions.get(fault) ?? 0 }).some(() => faults.happens(fault))
}

/** Nobody writes to an object between our look and our write where we do not change one. */
const mayBefall = (fault: Chance, { what }: Request): boolean =>
  fault !== 'ConflictingWrite' || what.startsWith('PATCH ')

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
