import { noField } from './cause.ts'
import type { Correlated } from './correlation.ts'
import type { Structural } from './structural.ts'

/** Where a value stands, and what stood there before. */
export interface Place {
  readonly schema: Structural
  /** As the messages name it: `spec.list[0].name`; map keys are joined by dots too. */
  readonly path: string
  /** What stands before `path` in the causes: `status` on the status endpoint. */
  readonly prefix: string
  readonly old: Correlated | undefined
}

/** The field of a cause at this place. */
export function fieldAt({ prefix, path }: Pick<Place, 'prefix' | 'path'>, below = ''): string {
  const name = `${path}${below}`.replace(/^\./, '')
  if (prefix === '') return name === '' ? noField : name
  return name === '' ? prefix : `${prefix}.${name}`
}
