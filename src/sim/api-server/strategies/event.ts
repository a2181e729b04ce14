import { type JsonObject, numberAt, textAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { immutable, invalidValue, required } from '../errors/causes.ts'
import { deepEqual, withField } from '../objects/fields.ts'
import { qualifiedNameProblems } from '../objects/names.ts'
import { plainStrategy, type Strategy } from './strategy.ts'

/** Events are stored as v1 has them, and judged by the version they came in. */
export const coreEventStrategy: Strategy = {
  ...plainStrategy,
  createOnUpdate: true,
  validate: (event) => validateAnyEvent(event, 'reportingComponent'),
  validateUpdate: (event) => validateAnyEvent(event, 'reportingComponent'),
}

export const eventStrategy: Strategy = {
  ...coreEventStrategy,
  validate: (event) => [
    ...validateAnyEvent(event, 'reportingController'),
    ...validateSeries(event),
    ...validateNew(event),
  ],
  validateUpdate: (event, old) => [
    ...validateAnyEvent(event, 'reportingController'),
    ...(deepEqual(event['series'], old['series']) ? [] : validateSeries(event)),
    ...frozen
      .filter((member) => !deepEqual(event[member], old[member]))
      .map((member) => immutable(member, event[member] ?? null)),
  ],
}

const frozen = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
]

const limits = [
  ['reportingInstance', 128],
  ['action', 128],
  ['reason', 128],
  ['message', 1_024],
] as const

function validateAnyEvent(event: JsonObject, reporter: string): readonly Cause[] {
  const namespace = textAt(event, 'metadata', 'namespace') ?? ''
  const involved = textAt(event, 'involvedObject', 'namespace') ?? ''
  const mismatch = invalidValue('involvedObject.namespace', involved, 'does not match event.namespace')
  if (textAt(event, 'eventTime') === undefined) {
    const agrees = involved === '' ? namespace === '' || namespace === 'default' : involved === namespace
    return agrees ? [] : [mismatch]
  }
  const controller = textAt(event, 'reportingComponent') ?? ''
  return [
    ...(involved === '' && namespace !== 'default' && namespace !== 'kube-system' ? [mismatch] : []),
    ...(controller === '' ? [required(reporter, '')] : []),
    ...qualifiedNameProblems(controller).map((problem) => invalidValue(reporter, controller, problem)),
    ...limits.flatMap(([member, max]) => {
      const length = (textAt(event, member) ?? '').length
      if (length === 0) return member === 'message' ? [] : [required(member, '')]
      return length > max ? [invalidValue(member, '', `can have at most ${max} characters`)] : []
    }),
  ]
}

function validateSeries(event: JsonObject): readonly Cause[] {
  const { series } = event
  if (series === undefined || series === null) return []
  return [
    ...((numberAt(event, 'series', 'count') ?? 0) < 2
      ? [invalidValue('series.count', '', 'should be at least 2')]
      : []),
    ...(textAt(event, 'series', 'lastObservedTime') === undefined ? [required('series.lastObservedTime', '')] : []),
  ]
}

function validateNew(event: JsonObject): readonly Cause[] {
  const type = textAt(event, 'type') ?? ''
  const old = ['firstTimestamp', 'lastTimestamp'].filter((member) => typeof event[member] === 'string')
  const counted = (numberAt(event, 'count') ?? 0) !== 0
  const sourced = (textAt(event, 'source', 'component') ?? '') !== '' || (textAt(event, 'source', 'host') ?? '') !== ''
  return [
    ...(textAt(event, 'eventTime') === undefined ? [required('eventTime', '')] : []),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalidValue('type', '', `has invalid value: ${type}`)]),
    ...[...old, ...(counted ? ['count'] : []), ...(sourced ? ['source'] : [])].map((member) =>
      invalidValue(member, '', 'needs to be unset'),
    ),
  ]
}

const renames = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['reportingController', 'reportingComponent'],
] as const

const toCore: ReadonlyMap<string, string> = new Map(renames)
const fromCore: ReadonlyMap<string, string> = new Map(renames.map(([events, core]) => [core, events]))

const rename = (object: JsonObject, names: ReadonlyMap<string, string>): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value]))

/** The same event in the words of events.k8s.io/v1, and back. */
export function eventFromCore(event: JsonObject): JsonObject {
  const renamed = rename(event, fromCore)
  // What v1 writes even when empty, events.k8s.io leaves out.
  const empty = ['reportingController', 'reportingInstance'].filter((member) => renamed[member] === '')
  return empty.reduce((shown, member) => withField(shown, member, undefined), renamed)
}
export const eventToCore = (event: JsonObject): JsonObject => rename(event, toCore)
