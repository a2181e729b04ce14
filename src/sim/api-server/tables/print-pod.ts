import { at, flagAt, type Json, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'
import type { Instant } from '../../../kernel/time.ts'
import { ageOf } from './age.ts'
import { age, conditionOf, isTrue, nameOf } from './printer.ts'

/** A pod as `kubectl get pods -o wide` shows it. */
export function printPod(pod: JsonObject, now: Instant): readonly Json[] {
  const seen = lookAtContainers(pod)
  const ip = textAt(pod, 'status', 'podIPs', 0, 'ip')
  return [
    nameOf(pod),
    `${seen.ready}/${containerCount(pod)}`,
    statusOf(pod, seen.reason),
    restartsText(seen, now),
    age(pod, now),
    orNone(ip),
    orNone(textAt(pod, 'spec', 'nodeName')),
    orNone(textAt(pod, 'status', 'nominatedNodeName')),
    gatesText(pod),
  ]
}

/** A finished pod is marked, so that clients can hide it. */
export function podConditions(pod: JsonObject): readonly JsonObject[] | undefined {
  const phase = textAt(pod, 'status', 'phase')
  if (phase === 'Succeeded') return [completed('Succeeded', 'The pod has completed successfully.')]
  return phase === 'Failed' ? [completed('Failed', 'The pod failed.')] : undefined
}

const completed = (reason: string, message: string): JsonObject => ({
  type: 'Completed',
  status: 'True',
  reason,
  message,
})

const orNone = (text: string | undefined): string => (text === undefined || text === '' ? '<none>' : text)

interface Seen {
  readonly ready: number
  readonly restarts: number
  /** Of the last restart, as written in the object; empty: none. */
  readonly restartedAt: string
  readonly reason: string
}

const isSidecar = (pod: JsonObject, name: string | undefined): boolean =>
  listAt(pod, 'spec', 'initContainers').some(
    (container) => textAt(container, 'name') === name && textAt(container, 'restartPolicy') === 'Always',
  )

function containerCount(pod: JsonObject): number {
  const sidecars = listAt(pod, 'spec', 'initContainers').filter((one) => isSidecar(pod, textAt(one, 'name')))
  return listAt(pod, 'spec', 'containers').length + sidecars.length
}

function lookAtContainers(pod: JsonObject): Seen {
  const isGated = textAt(conditionOf(pod, 'PodScheduled'), 'reason') === 'SchedulingGated'
  const own = textAt(pod, 'status', 'reason') ?? ''
  const phase = textAt(pod, 'status', 'phase') ?? ''
  const reason = isGated ? 'SchedulingGated' : own === '' ? phase : own
  const init = lookAtInit(pod, reason)
  if (init.isWaiting && !isTrue(pod, 'Initialized')) return init
  return lookAtMain(pod, init)
}

interface SeenInit extends Seen {
  readonly isWaiting: boolean
  readonly sidecarRestarts: Pick<Seen, 'restarts' | 'restartedAt'>
}

function lookAtInit(pod: JsonObject, reason: string): SeenInit {
  let all = { restarts: 0, restartedAt: '' }
  let sidecars = { restarts: 0, restartedAt: '' }
  let ready = 0
  for (const [index, status] of listAt(pod, 'status', 'initContainerStatuses').entries()) {
    const sidecar = isSidecar(pod, textAt(status, 'name'))
    all = addRestarts(all, status)
    if (sidecar) sidecars = addRestarts(sidecars, status)
    if (numberAt(status, 'state', 'terminated', 'exitCode') === 0) continue
    if (sidecar && flagAt(status, 'started')) {
      ready += flagAt(status, 'ready') ? 1 : 0
      continue
    }
    const why = initReason(pod, status, index)
    return { ...all, ready, reason: why, isWaiting: true, sidecarRestarts: sidecars }
  }
  return { ...all, ready, reason, isWaiting: false, sidecarRestarts: sidecars }
}

function initReason(pod: JsonObject, status: unknown, index: number): string {
  if (at(status, 'state', 'terminated') !== undefined) return `Init:${endReason(status)}`
  const waiting = textAt(status, 'state', 'waiting', 'reason') ?? ''
  if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`
  return `Init:${index}/${listAt(pod, 'spec', 'initContainers').length}`
}

function endReason(status: unknown): string {
  const reason = textAt(status, 'state', 'terminated', 'reason') ?? ''
  if (reason !== '') return reason
  const signal = numberAt(status, 'state', 'terminated', 'signal') ?? 0
  return signal === 0 ? `ExitCode:${numberAt(status, 'state', 'terminated', 'exitCode') ?? 0}` : `Signal:${signal}`
}

function lookAtMain(pod: JsonObject, init: SeenInit): Seen {
  let { reason, ready } = init
  let restarts = init.sidecarRestarts
  let hasRunning = false
  let errorReason = ''
  for (const status of listAt(pod, 'status', 'containerStatuses').toReversed()) {
    restarts = addRestarts(restarts, status)
    const waiting = textAt(status, 'state', 'waiting', 'reason') ?? ''
    if (waiting !== '') reason = waiting
    else if (at(status, 'state', 'terminated') !== undefined) {
      reason = endReason(status)
      if (numberAt(status, 'state', 'terminated', 'exitCode') !== 0) errorReason = reason
    } else if (flagAt(status, 'ready') && at(status, 'state', 'running') !== undefined) {
      hasRunning = true
      ready += 1
    }
  }
  if (reason === 'Completed') reason = completedReason(pod, { hasRunning, errorReason })
  return { ...restarts, ready, reason }
}

function completedReason(
  pod: JsonObject,
  { hasRunning, errorReason }: { readonly hasRunning: boolean; readonly errorReason: string },
): string {
  if (hasRunning && isTrue(pod, 'Ready')) return 'Running'
  if (errorReason !== '') return errorReason
  return hasRunning ? 'NotReady' : 'Completed'
}

function addRestarts(
  { restarts, restartedAt }: Pick<Seen, 'restarts' | 'restartedAt'>,
  status: unknown,
): Pick<Seen, 'restarts' | 'restartedAt'> {
  const finishedAt = textAt(status, 'lastState', 'terminated', 'finishedAt') ?? ''
  return {
    restarts: restarts + (numberAt(status, 'restartCount') ?? 0),
    restartedAt: finishedAt > restartedAt ? finishedAt : restartedAt,
  }
}

const restartsText = ({ restarts, restartedAt }: Seen, now: Instant): string =>
  restarts !== 0 && restartedAt !== '' ? `${restarts} (${ageOf(restartedAt, now)} ago)` : String(restarts)

function statusOf(pod: JsonObject, reason: string): string {
  if (textAt(pod, 'metadata', 'deletionTimestamp') === undefined) return reason
  if (textAt(pod, 'status', 'reason') === 'NodeLost') return 'Unknown'
  const phase = textAt(pod, 'status', 'phase')
  return phase === 'Succeeded' || phase === 'Failed' ? reason : 'Terminating'
}

function gatesText(pod: JsonObject): string {
  const gates = listAt(pod, 'spec', 'readinessGates')
  if (gates.length === 0) return '<none>'
  const open = gates.filter((gate) => isTrue(pod, textAt(gate, 'conditionType') ?? ''))
  return `${open.length}/${gates.length}`
}
