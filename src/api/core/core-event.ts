import { type JsonObject, numberAt, textAt } from '../../kernel/json.ts'
import { readOnce } from '../../kernel/read-once.ts'
import { type Kind, type KubeObject, projectMeta } from '../kind.ts'

/** An Event of v1, which is what kubelets and problem detectors write: repetitions are joined into one object with a count. */
export interface CoreEvent extends KubeObject {
  readonly reason: string
  /** Who reported it. */
  readonly component: string
  /** Written by the node or its agents: hostile text. */
  readonly message: string
  readonly count: number
  /** On the clock of whoever reported it. */
  readonly firstTime: string | undefined
  readonly lastTime: string | undefined
  readonly regarding: EventSubject
}

interface EventSubject {
  readonly namespace: string
  readonly name: string
  /** Kubelets write the name of their node here. */
  readonly uid: string
}

const messageMax = 1_024

export const coreEventKind: Kind<CoreEvent> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
  unread: ['related', 'labels', 'annotations'],
  project: readOnce((raw) => ({
    metadata: projectMeta(raw),
    reason: textAt(raw, 'reason') ?? '',
    component: textAt(raw, 'source', 'component') || textAt(raw, 'reportingComponent') || '',
    message: (textAt(raw, 'message') ?? '').slice(0, messageMax),
    ...occurrences(raw),
    regarding: subjectOf(raw),
  })),
}

/** A series is what newer writers join repetitions to. */
function occurrences(raw: JsonObject): Pick<CoreEvent, 'count' | 'firstTime' | 'lastTime'> {
  const eventTime = textAt(raw, 'eventTime')
  return {
    count: Math.max(1, numberAt(raw, 'count') ?? 1, numberAt(raw, 'series', 'count') ?? 1),
    firstTime: textAt(raw, 'firstTimestamp') ?? eventTime,
    lastTime: textAt(raw, 'series', 'lastObservedTime') ?? textAt(raw, 'lastTimestamp') ?? eventTime,
  }
}

const subjectOf = (raw: JsonObject): EventSubject => ({
  namespace: textAt(raw, 'involvedObject', 'namespace') ?? '',
  name: textAt(raw, 'involvedObject', 'name') ?? '',
  uid: textAt(raw, 'involvedObject', 'uid') ?? '',
})
