import type { JsonObject } from '../../../kernel/json.ts'
import type { ApiResponse } from '../api-request.ts'

/** `warnings` become the `Warning` header that kubectl prints. */
export function answer(status: number, body: JsonObject, warnings: readonly string[] = []): ApiResponse {
  const shown = warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ')
  return { status, headers: { 'content-type': 'application/json', ...(shown === '' ? {} : { warning: shown }) }, body }
}

/** A metav1.Status that something went well. */
export const success = (status: number, details?: JsonObject): ApiResponse =>
  answer(status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details === undefined ? {} : { details }),
    ...(status === 200 ? {} : { code: status }),
  })
