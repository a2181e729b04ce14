import { Effects } from '../oracles/effects.ts'
import type { Plan } from '../plan/plan.ts'
import { operatorUser } from '../simulation/operator-process.ts'
import { type Report, simulate } from '../simulation/simulate.ts'
import type { Passing } from '../weather/network.ts'
import { isLasting } from './lasting.ts'

/** One request of the operator, as an enumeration names it. */
export interface Request {
  readonly replica: number
  readonly start: number
  readonly request: number
  readonly what: string
  /** Changes the world, or the record that licenses a change of it. */
  readonly isEffect: boolean
}

export interface Played {
  readonly report: Report
  /** In the order in which they left. */
  readonly requests: readonly Request[]
  readonly effects: Effects
}

/** Plays a plan and writes down every request of every process, and all that was really done. */
export async function play(plan: Plan): Promise<Played> {
  const requests: Request[] = []
  const effects = new Effects(operatorUser)
  const onRequest = ({ by, number, request, moment }: Passing): void => {
    if (moment !== 'BeforeSent') return
    const what = `${request.method} ${request.path}`
    requests.push({ replica: by.replica.index, start: by.start, request: number, what, isEffect: isLasting(request) })
  }
  const report = await simulate(plan, {
    onRequest,
    onHappening: (happening) => effects.take(happening),
    withoutTrace: true,
  })
  return { report, requests, effects }
}
