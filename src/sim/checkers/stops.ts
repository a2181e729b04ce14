import { annotation } from '../../api/annotations.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'
import { annotationsOf, nameOf } from '../world/fields.ts'
import { actOf, isDisruptive } from './acts.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'

/** Pause, exclusion and cancel are honoured before the next step: at most one more request that was already under way. */
export function stopsAreHonoured(): Checker {
  const since = new Map<string, Instant>()
  const later = new Map<string, number>()
  const onceMore = (run: NodeRemediation, { sentAt, what }: Sent, truth: Truth): string | undefined => {
    const stop = stopsOf(run, truth).find((one) => (since.get(one) ?? Number.POSITIVE_INFINITY) < sentAt)
    if (stop === undefined) return undefined
    const key = `${stop} ${run.metadata.uid}`
    const count = (later.get(key) ?? 0) + 1
    later.set(key, count)
    return count > 1 ? `${what} was the ${count}. request after ${stop}` : undefined
  }
  return {
    invariant: 'I13',
    judge: (happening, truth) => {
      noteStops(since, happening, truth)
      const sent = sentOf(happening, truth)
      const run = sent && truth.openRunOn(sent.nodeName)
      return sent === undefined || run === undefined ? undefined : onceMore(run, sent, truth)
    },
  }
}

interface Sent {
  readonly what: string
  readonly nodeName: string
  readonly sentAt: Instant
}

/** To switch on is to give back, and no stop forbids it. */
function sentOf(happening: Happening, truth: Truth): Sent | undefined {
  if (happening.kind === 'Process' && happening.event.kind === 'PowerOrdered') {
    const { command, address } = happening.event
    if (command === 'On') return undefined
    const nodeName = truth.world.nodeOfBmc(address)
    return { what: `the power-off of ${nodeName}`, nodeName, sentAt: truth.now() }
  }
  if (happening.kind !== 'Served') return undefined
  const act = actOf(happening.served, truth)
  return act !== undefined && isDisruptive(act)
    ? { what: act.what, nodeName: act.nodeName, sentAt: happening.served.sentAt }
    : undefined
}

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
