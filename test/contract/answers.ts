import { at, isObject, listAt, textAt } from '../../src/kernel/json.ts'
import type { Answer } from './client.ts'

/** A refusal in one line, `404 NotFound: configmaps "a" not found`, so that cases read like the answers of kubectl. */
export function failure({ status, body }: Answer): string {
  if (status < 400) return `${status}, no failure`
  if (typeof body === 'string') return `${status} ${body.trim()}`
  return `${status} ${textAt(body, 'reason') ?? '-'}: ${textAt(body, 'message') ?? '-'}`
}

/** What is wrong with which field: `FieldValueInvalid spec.size`. */
export const causesOf = ({ body }: Answer): readonly string[] =>
  listAt(body, 'details', 'causes').map((cause) =>
    `${textAt(cause, 'reason') ?? ''} ${textAt(cause, 'field') ?? ''}`.trim(),
  )

export const namesOf = ({ body }: Answer): readonly string[] =>
  listAt(body, 'items').map((item) => textAt(item, 'metadata', 'name') ?? '')

export const resourceVersionOf = ({ body }: Answer): string => textAt(body, 'metadata', 'resourceVersion') ?? ''
export const uidOf = ({ body }: Answer): string => textAt(body, 'metadata', 'uid') ?? ''
export const generationOf = ({ body }: Answer): unknown => at(body, 'metadata', 'generation')
export const specOf = ({ body }: Answer): unknown => at(body, 'spec')
export const statusOf = ({ body }: Answer): unknown => at(body, 'status')
export const dataOf = ({ body }: Answer): unknown => at(body, 'data')

/** For what a case needs but does not judge. */
export function accepted(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(failure(answer))
  return answer
}

export interface Table {
  /** Columns that kubectl shows without `-o wide`. */
  readonly columns: readonly string[]
  readonly wideColumns: readonly string[]
  readonly cells: readonly (readonly unknown[])[]
}

export function tableOf({ body }: Answer): Table {
  const definitions = listAt(body, 'columnDefinitions')
  const named = (wide: boolean): readonly string[] =>
    definitions.filter((one) => (at(one, 'priority') !== 0) === wide).map((one) => textAt(one, 'name') ?? '')
  return {
    columns: named(false),
    wideColumns: named(true),
    cells: listAt(body, 'rows').map((row) => listAt(row, 'cells')),
  }
}

/** An object without the bookkeeping of server-side apply, which the embedded server does not keep. */
export function withoutManagedFields(body: unknown): unknown {
  const metadata = at(body, 'metadata')
  if (!isObject(body) || !isObject(metadata)) return body
  const { managedFields: _, ...rest } = metadata
  return { ...body, metadata: rest }
}
