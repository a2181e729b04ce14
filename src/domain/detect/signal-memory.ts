import type { ConditionStatus, Node, NodeCondition } from '../../api/core/node.ts'
import { conditionOf } from '../../api/core/node.ts'
import { type Instant, instant, type Mono, mono, parseTime } from '../../kernel/time.ts'
import type { Disturbance } from './disturbance.ts'
import type { Settling } from './settle.ts'

/**
 * What one replica remembers of one node, on its own clock: since when each signal is in its state, when the writers of its
 * conditions were last heard. Every replica keeps it warm, none stores it, and a new Node under the old name starts anew.
 */
export interface SignalMemory {
  readonly nodeUID: string
  /** The last one of this process that this memory knows of. */
  readonly disturbance: Disturbance | undefined
  /** When it set the holds back to their beginning. */
  readonly reArmedAt: Mono | undefined
  /** By policy and signal. */
  readonly held: Readonly<Record<string, HeldState>>
  /** By condition type. */
  readonly heartbeats: Readonly<Record<string, Heartbeat>>
  /** By policy and signal. */
  readonly settling: Readonly<Record<string, Settling>>
  /** When its boot ID last changed under our eyes. */
  readonly bootedAt: Mono | undefined
  readonly bootID: string
  /** By policy. */
  readonly bouts: Readonly<Record<string, Bout>>
  /** When the diagnosis came or went within the last hour, the oldest first. */
  readonly changes: readonly Instant[]
}

export interface HeldState {
  readonly state: ConditionStatus
  /** When we first saw this state; for people, and so it survives a restart. */
  readonly since: Instant
  /** From when the hold counts: later than `since` where it had to begin anew. */
  readonly armedAt: Mono
  readonly armedTime: Instant
  /** Since when its source said so at the last look. */
  readonly saidSince: string | undefined
  /** How often the source has named another beginning of this state since. */
  readonly turns: number
}

interface Heartbeat {
  /** What the writer wrote: compared for change only. */
  readonly text: string
  readonly movedAt: Mono
}

/** One stretch of time in which a diagnosis stands. */
export interface Bout {
  readonly diagnosis: string
  readonly since: Instant
  readonly episode: string
}

export interface Moment {
  readonly now: Instant
  readonly mono: Mono
}

/**
 * The memory with which this look begins: the old one, unless it is of another Node. A disturbance that it does not know of yet
 * sets every hold back to its beginning: durations measured across it mean nothing.
 */
export function recall(
  memory: SignalMemory | undefined,
  node: Node,
  { now, mono: at, disturbance }: Moment & { readonly disturbance: Disturbance | undefined },
): SignalMemory {
  const nodeUID = node.metadata.uid
  if (memory === undefined || memory.nodeUID !== nodeUID) {
    return { ...nothingKnown, nodeUID, disturbance, bootID: node.bootID }
  }
  if (disturbance === undefined || disturbance.at === memory.disturbance?.at) return memory
  const held = Object.entries(memory.held).map(([key, state]) => [key, { ...state, armedAt: at, armedTime: now }])
  return { ...memory, disturbance, reArmedAt: at, held: Object.fromEntries(held) }
}

const nothingKnown = {
  reArmedAt: undefined,
  held: {},
  heartbeats: {},
  settling: {},
  bootedAt: undefined,
  bouts: {},
  changes: [],
} as const

/** Notes a boot. An empty boot ID is a kubelet that has not said, and no boot. */
export function booted(memory: SignalMemory, { bootID }: Node, at: Mono): SignalMemory {
  if (bootID === '' || bootID === memory.bootID) return memory
  return { ...memory, bootedAt: memory.bootID === '' ? memory.bootedAt : at, bootID }
}

/**
 * Notes a heartbeat that moved; where none has it is the very memory of before. A first sight takes the writer's own time for its
 * age and no more: a node whose clock is wrong is doubted until its heartbeat moves, or believed for one limit.
 */
export function heard(
  memory: SignalMemory,
  node: Node,
  { types, now, mono: at }: Moment & { readonly types: Iterable<string> },
): SignalMemory {
  const heartbeats: Record<string, Heartbeat> = {}
  for (const type of types) {
    const condition = conditionOf(node, type)
    if (condition === undefined) continue
    const text = `${condition.lastHeartbeatTime ?? ''}/${condition.lastTransitionTime ?? ''}`
    const known = memory.heartbeats[type]
    if (known === undefined) heartbeats[type] = { text, movedAt: writtenBefore(condition, { now, mono: at }) }
    else heartbeats[type] = known.text === text ? known : { text, movedAt: at }
  }
  const reported = Object.keys(heartbeats)
  const isSame = reported.every((type) => heartbeats[type] === memory.heartbeats[type])
  return isSame && reported.length === Object.keys(memory.heartbeats).length ? memory : { ...memory, heartbeats }
}

/** A time that lies ahead is now, and none at all is the beginning of time. */
function writtenBefore({ lastHeartbeatTime, lastTransitionTime }: NodeCondition, { now, mono: at }: Moment): Mono {
  const writtenAt = parseTime(lastHeartbeatTime ?? lastTransitionTime) ?? instant(0)
  return mono(at - Math.max(0, now - writtenAt))
}

/** How long the writer of a condition has been silent. Undefined: there is no such condition. */
export const silentMs = ({ heartbeats }: SignalMemory, type: string, at: Mono): number | undefined => {
  const heartbeat = heartbeats[type]
  return heartbeat && at - heartbeat.movedAt
}
