import { annotation } from '../../api/annotations.ts'
import type { Slot } from '../../api/v1alpha1/disruption-ledger.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'
import { annotationsOf, nameOf } from '../world/fields.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'
import { newSlots } from './claims.ts'
import { type Deed, deedOf } from './deeds.ts'

/** Pause, exclusion and cancel are honoured before the next step, a start among them: one more request may have been under way. */
export function stopsAreHonoured(): Checker {
  const since = new Map<string, Instant>()
  const later = new Map<string, number>()
  let claims: readonly Slot[] = []
  const onceMore = (run: NodeRemediation, { sentAt, what }: Request, truth: Truth): string | undefined => {
    const stop = stopsOf(run, truth).find((one) => (since.get(one) ?? Number.POSITIVE_INFINITY) < sentAt)
    if (stop === undefined) return undefined
    const key = `${stop} ${run.metadata.uid}`
    const count = (later.get(key) ?? 0) + 1
    later.set(key, count)
    return count > 1 ? `${what} was the ${count}. request after ${stop}` : undefined
  }
  const startOnceMore = (sentAt: Instant, truth: Truth): string | undefined => {
    const begun = claims
    claims = []
    const complaints = begun.flatMap(({ runUID, runName }) => {
      const run = truth.runByUID(runUID)
      // A run that was under way claims its slot again: that starts nothing.
      if (run === undefined || run.status.step?.attempted === true) return []
      return onceMore(run, { what: `the slot of ${runName}`, sentAt }, truth) ?? []
    })
    return complaints[0]
  }
  return {
    invariant: 'I13',
    judge: (happening, truth) => {
      noteStops(since, happening, truth)
      const slots = newSlots(happening, truth)
      if (slots.length > 0) claims = slots
      if (happening.kind === 'Served' && happening.served.request.path.includes('/disruptionledgers/'))
        return startOnceMore(happening.served.sentAt, truth)
      const deed = deedOf(happening, truth)
      const run = deed && truth.openRunOn(deed.nodeName)
      return deed === undefined || run === undefined ? undefined : onceMore(run, deed, truth)
    },
  }
}

type Request = Pick<Deed, 'what' | 'sentAt'>

/** When each of them could first be read. */
function noteStops(since: Map<string, Instant>, happening: Happening, { now }: Truth): void {
  if (happening.kind !== 'Changed') return
  const { plural, object, previous, type } = happening.change
  const name = nameOf(object)
  if (plural === pauseKind.plural) note(since, `pause ${name}`, type === 'DELETED' ? undefined : now())
  if (plural === 'nodes') {
    const [is, was] = [type === 'DELETED' ? undefined : object, previous].map(isExcluded)
    if (is !== was) note(since, `the exclusion of ${name}`, is === true ? now() : undefined)
  }
  if (plural === runKind.plural && runOf(object).spec?.cancel !== undefined) {
    const key = `the cancellation of ${name}`
    if (!since.has(key)) since.set(key, now())
  }
}

const isExcluded = (node: JsonObject | undefined): boolean =>
  node !== undefined && annotationsOf(node)[annotation.exclude] !== undefined

function note(since: Map<string, Instant>, key: string, at: Instant | undefined): void {
  if (at === undefined) since.delete(key)
  else if (!since.has(key)) since.set(key, at)
}

/** What people have said that concerns this run, and still stands. */
function stopsOf({ metadata, spec, status }: NodeRemediation, truth: Truth): readonly string[] {
  if (spec === undefined) return []
  const pauses = truth.world.objects
    .all(`${pauseKind.plural}.prunella.dev`)
    .map(pauseKind.project)
    .filter((pause) => {
      const scope = pause.spec?.scope
      const until = parseTime(pause.spec?.until)
      const covers =
        scope?.everything !== undefined || scope?.policyName === spec.policyName || scope?.nodeName === spec.node.name
      return covers && (until === undefined || truth.now() < until)
    })
    .map((pause) => `pause ${pause.metadata.name}`)
  const node = truth.node(spec.node.name)
  const excluded = node !== undefined && isInForce(annotationsOf(node)[annotation.exclude], truth.now())
  // While a treatment runs the only way is through, cancelled or not.
  const cancelled = spec.cancel !== undefined && status.step?.name !== 'Treating'
  return [
    ...pauses,
    ...(excluded ? [`the exclusion of ${spec.node.name}`] : []),
    ...(cancelled ? [`the cancellation of ${metadata.name}`] : []),
  ]
}

/** Words, or JSON with an end. */
function isInForce(written: string | undefined, now: Instant): boolean {
  if (written === undefined) return false
  const until = parseTime(/"until"\s*:\s*"([^"]+)"/.exec(written)?.[1])
  return until === undefined || now < until
}
