import type { Fault } from '../plan/fault.ts'
import { type EffectKind, type Effects, effectKinds } from './effects.ts'

/** How often each fault was met. */
export type Met = ReadonlyMap<Fault, number>

/** What may be otherwise than undisturbed, and why that is no harm. What is not named must be the same, node by node. */
interface Tolerance {
  readonly why: string
  readonly isTolerable: (difference: Difference, met: Met) => boolean
}

interface Difference {
  readonly done: number
  readonly undisturbed: number
}

/** After these nobody knows whether an order was obeyed: it is given again, and named by UID it finds nothing more to do. */
const leaveInDoubt: readonly Fault[] = ['KilledAfter', 'ResponseLost', 'RequestLate', 'ServerTimedOut']

const tolerances: Readonly<Partial<Record<EffectKind, Tolerance>>> = {
  Eviction: {
    why: 'the deadline of a drain may pass while nobody leads; a pod more than undisturbed never goes',
    isTolerable: ({ done, undisturbed }) => done < undisturbed,
  },
  RepeatedEviction: {
    why: 'the answer was lost and the pod was still there: once for each answer that was lost',
    isTolerable: ({ done, undisturbed }, met) =>
      done - undisturbed <= leaveInDoubt.reduce((sum, fault) => sum + (met.get(fault) ?? 0), 0),
  },
}

/** The first thing that was done to somebody more or less often than undisturbed, in words. Undefined: nothing, or it is tolerable. */
export function compare(done: Effects, undisturbed: Effects, met: Met): string | undefined {
  for (const kind of effectKinds) {
    for (const whom of new Set([...done.whom(kind), ...undisturbed.whom(kind)])) {
      const difference = { done: done.of(kind, whom), undisturbed: undisturbed.of(kind, whom) }
      if (difference.done === difference.undisturbed) continue
      if (tolerances[kind]?.isTolerable(difference, met) === true) continue
      return `${kind} of ${whom} ${difference.done} times, ${difference.undisturbed} without a fault`
    }
  }
  return undefined
}
