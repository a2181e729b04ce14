import { type JsonObject, listAt, textAt } from '../../src/kernel/json.ts'

/** The status of a condition of any object; undefined where it has none of this type. */
export const conditionOf = (object: JsonObject, type: string): string | undefined =>
  textAt(
    listAt(object, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type),
    'status',
  )

export const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name') ?? ''
export const uidOf = (object: JsonObject): string => textAt(object, 'metadata', 'uid') ?? ''
