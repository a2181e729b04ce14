import { isObject, type Json, type JsonObject, listAt, textAt } from '../../kernel/json.ts'
import type { Instant } from '../../kernel/time.ts'
import { kubeTime } from './fields.ts'

export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

export interface ConditionWrite {
  readonly now: Instant
  /** Nodes carry heartbeats, pods and the rest do not. */
  readonly heartbeat?: boolean
}

/** The whole list with some of its members said anew: others keep their place, an unchanged status keeps its transition time. */
export function withConditions(object: JsonObject, said: readonly Condition[], write: ConditionWrite): readonly Json[] {
  const before = listAt(object, 'status', 'conditions').filter(isObject)
  const kept = before.map((old) => {
    const anew = said.find(({ type }) => type === old['type'])
    return anew === undefined ? old : merged(anew, old, write)
  })
  const isNew = ({ type }: Condition): boolean => before.every((old) => old['type'] !== type)
  return [...kept, ...said.filter(isNew).map((condition) => merged(condition, undefined, write))]
}

function merged(
  condition: Condition,
  old: JsonObject | undefined,
  { now, heartbeat = false }: ConditionWrite,
): JsonObject {
  const transition = textAt(old, 'lastTransitionTime')
  const isSame = transition !== undefined && old?.['status'] === condition.status
  return {
    ...condition,
    ...(heartbeat ? { lastHeartbeatTime: kubeTime(now) } : {}),
    lastTransitionTime: isSame ? transition : kubeTime(now),
  }
}
