import { at, isEqual, type JsonObject } from '../../kernel/json.ts'
import type { WorldClient } from '../api-server/world-client.ts'
import { refOf } from './fields.ts'

/** Writes only what differs: an idle cluster sees no writes. */
export function writeStatus(api: WorldClient, resource: string, { object, status }: StatusWrite): void {
  const differs = Object.entries(status).some(([key, value]) => !isEqual(at(object, 'status', key), value))
  if (differs) api.patchStatus(resource, refOf(object), { status })
}

export interface StatusWrite {
  readonly object: JsonObject
  readonly status: JsonObject
}
