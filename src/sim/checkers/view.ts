import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type Instant, minutes, seconds } from '../../kernel/time.ts'
import type { Served } from '../weather/network.ts'
import type { Process } from '../weather/process.ts'
import type { ProcessEvent } from '../weather/process-event.ts'
import { actOf } from './acts.ts'
import { type Checker, runOf, type Truth } from './checker.ts'

/** After this a process must have noticed that a watch is dead, and after this that its clock was set. */
const silenceMaxMs = minutes(4)
/** A clock that was set so little may be the work of NTP. */
const jumpMinMs = seconds(5)
/** It takes a pass to notice. */
const noticeMs = seconds(2)

/** Watches without which nobody may begin anything: what they no longer tell is not known. */
const neededWatches = ['/api/v1/nodes', '/apis/prunella.dev/v1alpha1/remediationpauses']

/** No new action by a process that is blind: a watch silent, its sources of alerts away, its clock just set. */
export function theBlindBeginNothing(): Checker {
  const eyes = new Map<Process, Eyes>()
  const eyesOf = (process: Process): Eyes => {
    const own = eyes.get(process) ?? new Eyes()
    eyes.set(process, own)
    return own
  }
  return {
    invariant: 'I7',
    judge: (happening, truth) => {
      if (happening.kind === 'Process') eyesOf(happening.event.by).take(happening.event, truth.now())
      if (happening.kind !== 'Served' || !begins(happening.served, truth)) return undefined
      const { by, request, sentAt } = happening.served
      const blindness = eyesOf(by).blindAt(sentAt)
      return blindness === undefined ? undefined : `${by.name} sent ${request.method} ${request.path}, ${blindness}`
    },
  }
}

/** A run, or the first touch of a node. */
function begins(served: Served, truth: Truth): boolean {
  const { request, status, response } = served
  if (status >= 400) return false
  if (request.method === 'POST' && request.path.endsWith(`/${runKind.plural}`))
    return typeof response.body === 'object' && response.body !== null && !isDryRun(served)
  return actOf(served, truth)?.kind === 'Cordon'
}

const isDryRun = ({ response: { body } }: Served): boolean =>
  typeof body === 'object' && body !== null && runOf({ ...body }).spec?.dryRun === true

/** What one process can know. */
class Eyes {
  readonly #silentSince = new Map<string, Instant>()
  #jumpedAt: Instant | undefined

  take(event: ProcessEvent, now: Instant): void {
    if (event.kind === 'ClockJumped' && Math.abs(event.jumpMs) >= jumpMinMs) this.#jumpedAt = now
    if (event.kind === 'WatchFellSilent') this.#silentSince.set(event.path, now)
    if (event.kind === 'WatchOpened' || event.kind === 'WatchHeard' || event.kind === 'WatchEnded')
      this.#silentSince.delete(event.path)
  }

  blindAt(moment: Instant): string | undefined {
    const silent = neededWatches.find((path) => {
      const since = this.#silentSince.get(path)
      return since !== undefined && moment - since > silenceMaxMs
    })
    if (silent !== undefined) return `and its watch of ${silent} had been silent for more than ${silenceMaxMs} ms`
    const hasJustJumped = this.#jumpedAt !== undefined && moment - this.#jumpedAt < noticeMs && moment >= this.#jumpedAt
    return hasJustJumped ? 'and its clock had just been set' : undefined
  }
}
