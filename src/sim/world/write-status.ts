import { at, isEqual, type JsonObject } from '../../kernel/json.ts'
import type { WorldClient } from '../api-server/world-client.ts'
import { refOf } from './fields.ts'

/** Writes only what differs: an idle cluster sees no writes. */
export function writeStatus(api: WorldClient, resource: string, { object, status }: StatusWrite): void {
  const differs = Object.entries(status).some(
    ([key, value]) => !isEqual(saying(at(object, 'status', key)), saying(value)),
  )
  if (differs) api.patchStatus(resource, refOf(object), { status })
}

/** Go leaves out what is empty, and reads it back as empty. */
const saying = (value: unknown): unknown => {
  const isEmpty = value === 0 || value === '' || value === null || isEqual(value, {}) || isEqual(value, [])
  return isEmpty ? undefined : value
}

export interface StatusWrite {
  readonly object: JsonObject
  readonly status: JsonObject
}
