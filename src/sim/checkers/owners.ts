import { controllerOf, keepsData, ownersVeto, type Pod, podKind } from '../../api/core/pod.ts'
import type { DrainRules } from '../../api/v1alpha1/treatment.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import type { Checker, Happening, Truth } from './checker.ts'
import { evictedPod } from './workloads.ts'

/** What a look that is as old as it may be, and a write that took its time, cannot have known. */
const noticeMs = seconds(20)

/** No pod leaves that nobody would bring back, whose owner forbids it, or whose data would be lost: but where the rung says so. */
export function ownersAreHeard(): Checker {
  const vetoed = new Map<string, Instant>()
  return {
    invariant: 'I14',
    judge: (happening, truth) => {
      noteVeto(vetoed, happening, truth)
      if (happening.kind !== 'Served' || happening.served.status !== 201) return undefined
      const ref = evictedPod(happening.served.request.path)
      const stored = ref && truth.world.objects.get('pods', ref)
      if (stored === undefined) return undefined
      const pod = podKind.project(stored)
      const rules = rulesOn(pod.nodeName, truth)
      const since = vetoed.get(pod.metadata.uid)
      const isKnown = since !== undefined && truth.now() - since > noticeMs
      const why = rules && offence(pod, rules, isKnown)
      return why && `${pod.metadata.name} was evicted, ${why}`
    },
  }
}

function offence(pod: Pod, rules: DrainRules, isVetoKnown: boolean): string | undefined {
  if (controllerOf(pod) === undefined) return 'and nobody brings it back'
  const veto = ownersVeto(pod)
  if (veto !== undefined && isVetoKnown && rules.doNotDisrupt === 'Honor') return `and its owner forbids it: ${veto}`
  return keepsData(pod) && rules.localVolumes === 'Keep' ? 'and its data lay on the node' : undefined
}

/** Undefined: no run is at work there, so it was somebody else. */
function rulesOn(nodeName: string, truth: Truth): DrainRules | undefined {
  const run = truth.openRunOn(nodeName)
  return run?.spec?.treatments[run.status.step?.rung ?? 0]?.drain
}

/** Since when each pod has borne its mark without a break. */
function noteVeto(vetoed: Map<string, Instant>, happening: Happening, { now }: Truth): void {
  if (happening.kind !== 'Changed' || happening.change.plural !== 'pods') return
  const pod = podKind.project(happening.change.object)
  const { uid } = pod.metadata
  if (ownersVeto(pod) === undefined || happening.change.type === 'DELETED') vetoed.delete(uid)
  else if (!vetoed.has(uid)) vetoed.set(uid, now())
}
