import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { isObject } from '../../kernel/json.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import type { Served } from '../weather/network.ts'
import type { Process } from '../weather/process.ts'
import { nameOf } from '../world/fields.ts'
import { Beliefs, driftPercent, noticeMs } from './beliefs.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'
import { Eyes } from './eyes.ts'
import { isManual } from './symptoms.ts'

/**
 * A run begins only when its trigger has truly been there for the whole dwell, whatever a node's or our own clock says, and when the
 * process that begins it has watched it for as long: since it was born, since it last stood still, since its clock was last set.
 */
export function dwellIsKept(): Checker {
  const beliefs = new Beliefs()
  const goneAt = new Map<string, Instant>()
  const eyes = new Map<Process, Eyes>()
  const eyesOf = (process: Process): Eyes => {
    const own = eyes.get(process) ?? new Eyes(process.bornAt)
    eyes.set(process, own)
    return own
  }
  return {
    invariant: 'I8',
    judge: (happening, truth) => {
      beliefs.take(happening, truth)
      noteGone(goneAt, happening, truth)
      if (happening.kind === 'Process') eyesOf(happening.event.by).take(happening.event, truth.now())
      if (happening.kind !== 'Served') return undefined
      const { by, sentAt } = happening.served
      const run = begunRun(happening.served)
      if (run?.spec === undefined || isManual(run)) return undefined
      const node = truth.node(run.spec.node.name)
      if (node === undefined) {
        const hasJustGone = sentAt - (goneAt.get(run.spec.node.name) ?? Number.NEGATIVE_INFINITY) <= noticeMs
        return hasJustGone ? undefined : `${run.metadata.name} was begun, and there is no node ${run.spec.node.name}`
      }
      const watchedMs = sentAt - eyesOf(by).watchedSince(sentAt)
      const held = run.spec.cause.signals.map((signal) => {
        const heldMs = Math.min(beliefs.heldMs(node, signal, { by, at: sentAt }) ?? -1, watchedMs)
        return heldMs >= 0 && heldMs * (100 + driftPercent) >= seconds(signal.holdSeconds) * 100
      })
      return held.includes(true)
        ? undefined
        : `${run.metadata.name} was begun on ${run.spec.node.name} before its cause had held for as long as it must`
    },
  }
}

function noteGone(goneAt: Map<string, Instant>, happening: Happening, { now }: Truth): void {
  if (happening.kind !== 'Changed' || happening.change.plural !== 'nodes') return
  if (happening.change.type === 'DELETED') goneAt.set(nameOf(happening.change.object), now())
}

/** Judged at the moment at which it was sent: what heals while it travels cannot have been known. */
const begunRun = ({ request, status, response: { body } }: Served): NodeRemediation | undefined =>
  request.method === 'POST' && request.path.endsWith(`/${runKind.plural}`) && status === 201 && isObject(body)
    ? runOf(body)
    : undefined
