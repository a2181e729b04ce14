import type { Node } from '../../api/core/node.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { PodSymptom, SignalSource } from '../../api/v1alpha1/signal-sources.ts'
import type { SourceHealth } from '../../domain/policy/source-health.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Informer } from '../../runtime/informer.ts'
import type { Watched } from '../watched.ts'

/** Whether some policy has a signal like this. */
export type Asks = (which: (signal: Signal) => boolean) => boolean

/** Something that is heard over a watch, and what rests on it. */
interface WatchedSource {
  /** For people: `events`. */
  readonly name: string
  readonly kinds: readonly SignalSource[]
  /** Left out: all of them. */
  readonly symptoms?: readonly PodSymptom[]
  readonly problem: string | undefined
  /** Infinite before the first list. */
  readonly silentForMs: number
}

/** Once for each kind of signal that a policy makes of it. */
export const watchedHealth = (
  { name, kinds, symptoms, problem, silentForMs }: WatchedSource,
  asks: Asks,
): readonly SourceHealth[] =>
  kinds
    .filter((kind) => asks((signal) => signal[kind] !== undefined && hasSymptom(signal, symptoms)))
    .map((kind) => ({
      kind,
      name,
      problem,
      ...(symptoms && { symptoms }),
      heardMsAgo: Number.isFinite(silentForMs) ? silentForMs : undefined,
    }))

const hasSymptom = ({ podSymptom }: Signal, symptoms: WatchedSource['symptoms']): boolean =>
  symptoms === undefined || podSymptom === undefined || symptoms.includes(podSymptom.symptom)

/** Bookmarks come about every minute. */
const silentMaxMs = minutes(3)
const lookMs = seconds(5)

/** The cache of an informer, as far as it tells how it is doing. */
export interface Heard {
  readonly hasSynced: () => boolean
  readonly stalenessMs: () => number
}

/** Why what is in the cache may not be all that there is. Undefined: it is all. `what`: `pods`. */
export function cacheProblem({ hasSynced, stalenessMs }: Heard, what: string): string | undefined {
  if (!hasSynced()) return `${what} have not been read yet`
  return stalenessMs() < silentMaxMs ? undefined : `${what} have not been heard of for a while`
}

interface Following {
  readonly clock: Pick<Clock, 'sleep'>
  readonly problem: () => string | undefined
  /** It was lost, or is back. */
  readonly turned: () => void
}

/** Resolves when the signal is aborted. */
export async function followProblem({ clock, problem, turned }: Following, signal: AbortSignal): Promise<void> {
  let wasKnown = false
  while (!signal.aborted) {
    const isKnown = problem() === undefined
    if (isKnown !== wasKnown) turned()
    wasKnown = isKnown
    await clock.sleep(lookMs, signal)
  }
}

/** What is needed of the cache of nodes to tell that one has left: before its first list nobody has. */
export type Leaving = Pick<Watched<Node>, 'onChange' | 'get'> & Pick<Informer<Node>, 'hasSynced'>

/** Nodes come under new names for ever: what is heard of one after it has left must not be kept. */
export const hasLeft = ({ hasSynced, get }: Leaving, nodeName: string): boolean =>
  hasSynced() && get({ name: nodeName }) === undefined
