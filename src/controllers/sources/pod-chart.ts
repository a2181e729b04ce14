import { isTerminating, type Pod } from '../../api/core/pod.ts'
import type { PodSymptom } from '../../api/v1alpha1/signal-sources.ts'
import type { AilingPod } from '../../domain/detect/sources-seen.ts'
import { hours, type Instant, type Mono, minutes, mono, parseTime } from '../../kernel/time.ts'

interface Moment {
  readonly now: Instant
  readonly mono: Mono
}

/** The longest window that a signal may have. */
const keptMs = hours(24)
/** No signal counts further. */
const perNodeMax = 1_000
/** Whoever lost more pods than this is known well enough. */
const leaversMax = 200
/** As long as the kubelet remembers that a container has crashed. */
const relapseMs = minutes(10)

/**
 * Which pods of a node ail and since when, and which its kubelet has evicted: in the order in which they came, on our own clock.
 * Costs next to nothing for a pod that is well: a cluster has 150,000 of them.
 */
export class PodChart {
  readonly #ailing = new Map<string, Map<string, AilingPod>>()
  readonly #evicted = new Map<string, Map<string, Mono>>()

  /** Whether there is something new. `old`: how it was seen before; undefined: it was not. */
  note(old: Pod | undefined, pod: Pod, moment: Moment): boolean {
    const evicted = pod.eviction !== undefined && this.#noteEviction(old, pod, moment)
    return this.#noteSymptom(pod, moment) || evicted
  }

  /** A sandbox that cannot be made keeps the pod from being created. */
  noteSandbox(pod: Pod, { mono: at }: Moment): boolean {
    if (pod.waiting !== 'CreatingStuck' || this.#of(pod)?.get(keyOf(pod, 'SandboxFailing')) !== undefined) return false
    this.#put(pod, { ...ailingOf(pod, 'SandboxFailing'), sinceMono: at })
    return true
  }

  /** An evicted pod counts as long as the window says, and one that left ill is remembered: a drain takes it away. */
  gone(pod: Pod): boolean {
    const all = [...(this.#of(pod) ?? [])]
    const ill = all.filter(([, { uid, symptom, betterMono }]) => {
      return uid === pod.metadata.uid && betterMono === undefined && symptom !== 'TerminatingStuck'
    })
    const isNew = this.#forget(pod, () => true)
    const leaves = all.filter(([, { isGone }]) => isGone).length
    if (leaves + ill.length <= leaversMax) for (const [, ailing] of ill) this.#put(pod, { ...ailing, isGone: true })
    return isNew
  }

  /** Of those that are ill, and of those that have been better for a while and may relapse. */
  ailing(nodeName: string, at: Mono): readonly AilingPod[] {
    const all = this.#ailing.get(nodeName)
    if (all === undefined) return []
    for (const [key, { betterMono, isGone, sinceMono }] of all) {
      const isOver = betterMono !== undefined && at - betterMono >= relapseMs
      if (isOver || (isGone && at - sinceMono >= keptMs)) all.delete(key)
    }
    if (all.size === 0) this.#ailing.delete(nodeName)
    return [...all.values()]
  }

  evictions(nodeName: string): readonly Mono[] {
    return [...(this.#evicted.get(nodeName)?.values() ?? [])].toSorted((left, right) => left - right)
  }

  forgetNode(nodeName: string): void {
    this.#ailing.delete(nodeName)
    this.#evicted.delete(nodeName)
  }

  #of({ nodeName }: Pod): Map<string, AilingPod> | undefined {
    return this.#ailing.get(nodeName)
  }

  #put(pod: Pod, ailing: AilingPod): void {
    const all = this.#of(pod) ?? new Map<string, AilingPod>()
    this.#ailing.set(pod.nodeName, all.set(keyOf(pod, ailing.symptom), ailing))
  }

  #forget(pod: Pod, which: (ailing: AilingPod) => boolean): boolean {
    const all = this.#of(pod)
    if (all === undefined) return false
    const own = [...all].filter(([, ailing]) => ailing.uid === pod.metadata.uid && which(ailing))
    for (const [key] of own) all.delete(key)
    if (all.size === 0) this.#ailing.delete(pod.nodeName)
    return own.length > 0
  }

  #noteSymptom(pod: Pod, moment: Moment): boolean {
    const symptom = symptomOf(pod)
    const known = symptom && this.#of(pod)?.get(keyOf(pod, symptom))
    const eased = this.#ease(pod, symptom, moment.mono)
    if (symptom === undefined || (known !== undefined && known.betterMono === undefined)) return eased
    const sinceMono = known?.sinceMono ?? beginning(pod, symptom, moment)
    this.#put(pod, { ...ailingOf(pod, symptom), sinceMono })
    return true
  }

  /** What it no longer shows. A container that crashes runs in between, so that it is only better. */
  #ease(pod: Pod, symptom: PodSymptom | undefined, at: Mono): boolean {
    // What is asked to go does not become better by that.
    if (isTerminating(pod)) return false
    const crash = symptom === 'CrashLooping' ? undefined : this.#of(pod)?.get(keyOf(pod, 'CrashLooping'))
    const isBetter = crash !== undefined && crash.betterMono === undefined
    if (isBetter) this.#put(pod, { ...crash, betterMono: at })
    const isOver = this.#forget(pod, (known) => known.symptom !== 'CrashLooping' && !goesWith(known.symptom, symptom))
    return isBetter || isOver
  }

  #noteEviction(old: Pod | undefined, pod: Pod, { now, mono: at }: Moment): boolean {
    const all = this.#evicted.get(pod.nodeName) ?? new Map<string, Mono>()
    if (all.has(pod.metadata.uid)) return false
    const saidAt = parseTime(pod.eviction?.at)
    // One that was there before counts from when it says, and not at all where it does not.
    const agoMs = old === undefined ? (saidAt === undefined ? keptMs : Math.max(0, now - saidAt)) : 0
    if (agoMs >= keptMs) return false
    for (const [uid, since] of all) if (at - since >= keptMs || all.size >= perNodeMax) all.delete(uid)
    this.#evicted.set(pod.nodeName, all.set(pod.metadata.uid, mono(at - agoMs)))
    return true
  }
}

const keyOf = ({ metadata }: Pod, symptom: PodSymptom): string => `${metadata.uid}/${symptom}`

const ailingOf = ({ metadata }: Pod, symptom: PodSymptom): Omit<AilingPod, 'sinceMono'> => ({
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
  symptom,
  betterMono: undefined,
  isGone: false,
})

/** What a finalizer of somebody else holds is not held by the node. */
function symptomOf(pod: Pod): PodSymptom | undefined {
  if (!isTerminating(pod)) return pod.waiting
  return pod.metadata.finalizers.length === 0 ? 'TerminatingStuck' : undefined
}

const goesWith = (known: PodSymptom, now: PodSymptom | undefined): boolean =>
  known === now || (known === 'SandboxFailing' && now === 'CreatingStuck')

/** The time of a deletion is the end of the grace: until then nobody is stuck. */
function beginning({ metadata }: Pod, symptom: PodSymptom, { now, mono: at }: Moment): Mono {
  const graceEnd = symptom === 'TerminatingStuck' ? parseTime(metadata.deletionTimestamp) : undefined
  return mono(at + Math.max(0, (graceEnd ?? now) - now))
}
