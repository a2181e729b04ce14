import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import { safeText } from '../../../kernel/hostile-text.ts'
import { type Mono, seconds } from '../../../kernel/time.ts'
import { passesHealthCheck } from '../health-check.ts'
import type { AilingPod } from '../sources-seen.ts'
import { andCheck } from './clearing-check.ts'
import type { Claim, ClearedAnswer, Clearing, Look, SourceRules } from './source.ts'

type SymptomSignal = SignalOf<'podSymptom'>

/** A container that crashes runs for a moment now and then. */
const betterMs = seconds(60)

export const podSymptomSource: SourceRules<'podSymptom'> = {
  // A watch that is lost says so itself.
  freshnessSeconds: 0,
  // Every pod of the node begins anew after a boot.
  bootGraceSeconds: 300,
  claim,
  changesInMs: (signal, look) => {
    const { podSymptom } = signal
    const waits = ailing(signal, look).flatMap(({ sinceMono, betterMono }) => [
      sinceMono + seconds(podSymptom.stuckSeconds) - look.mono,
      ...(betterMono === undefined ? [] : [betterMono + betterMs - look.mono]),
    ])
    const due = waits.filter((ms) => ms > 0)
    return due.length === 0 ? undefined : Math.min(...due)
  },
  cleared,
}

/** Trouble that has stood goes on with the next pods that fall ill, however lately they did. */
function claim(signal: SymptomSignal, look: Look): Claim {
  const { pods } = look.sources
  const { symptom, stuckSeconds } = signal.podSymptom
  if (pods.kind === 'Unavailable') return { state: 'Unknown', reason: 'SourceUnavailable', message: pods.message }
  const all = [...ailing(signal, look), ...drainedAway(signal, look)]
  const counted = look.stood ? all : all.filter((pod) => isStuckFor(pod, look.mono, seconds(stuckSeconds)))
  const value = counted.length
  if (!isEnough(signal, counted)) return { ...tooFew(signal, look, all), value }
  const names = counted.map(({ namespace, name }) => `${namespace}/${name}`).toSorted()
  return { state: 'True', message: safeText(`${symptom}: pods such as ${names.slice(0, 3).join(', ')}`, 512), value }
}

function tooFew({ podSymptom }: SymptomSignal, look: Look, known: readonly AilingPod[]): Claim {
  const { pods } = look.sources
  const { symptom } = podSymptom
  const blind = pods.kind === 'Known' && symptom === 'SandboxFailing' ? pods.sandboxProblem : undefined
  if (blind !== undefined) return { state: 'Unknown', reason: 'SourceUnavailable', message: blind }
  // Whoever was not there when the node was emptied knows nothing of its pods.
  if (isEmptied(look) && known.length === 0)
    return { state: 'Unknown', reason: 'SignalMissing', message: `no pod is left that could be ${symptom}` }
  return { state: 'False', message: `too few pods are ${symptom}` }
}

const isStuckFor = ({ sinceMono }: AilingPod, at: Mono, ms: number): boolean => at - sinceMono >= ms

function ailing({ podSymptom }: SymptomSignal, { sources: { pods }, mono }: Look): readonly AilingPod[] {
  if (pods.kind === 'Unavailable') return []
  return pods.ailing.filter(
    ({ symptom, betterMono, isGone }) =>
      !isGone && symptom === podSymptom.symptom && (betterMono === undefined || mono - betterMono < betterMs),
  )
}

/** A drain takes away the very pods that show it: on a node that nobody comes to they prove what they proved. */
function drainedAway({ podSymptom }: SymptomSignal, look: Look): readonly AilingPod[] {
  const { pods } = look.sources
  if (pods.kind === 'Unavailable' || !isEmptied(look) || podSymptom.symptom === 'TerminatingStuck') return []
  return pods.ailing.filter(({ symptom, isGone }) => isGone && symptom === podSymptom.symptom)
}

const isEmptied = ({ stood, node }: Look): boolean => stood && node.unschedulable

/** One bad release fills one namespace: it is no sick node. */
const isEnough = ({ podSymptom }: SymptomSignal, ill: readonly AilingPod[]): boolean =>
  ill.length >= podSymptom.pods && new Set(ill.map(({ namespace }) => namespace)).size >= podSymptom.namespaces

/** Pods that were drained away prove nothing here. Those of DaemonSets stay, and they must run. */
function cleared(signal: SymptomSignal, seen: Clearing): ClearedAnswer {
  const { pods } = seen.sources
  if (pods.kind === 'Unavailable') return { cleared: false, message: pods.message }
  const { symptom } = signal.podSymptom
  if (isEnough(signal, ailing(signal, seen))) return { cleared: false, message: `pods are still ${symptom}` }
  const check = passesHealthCheck('Runtime', seen)
  return andCheck(signal, seen, { cleared: check.cleared, message: `few pods are ${symptom}; ${check.message}` })
}
