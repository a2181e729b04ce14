import { isObject, type JsonObject, listAt } from '../../../kernel/json.ts'

/** The conditions of a status with one set; its transition time moves only when its status does. */
export function setCondition(status: JsonObject, condition: JsonObject, now: string): readonly JsonObject[] {
  const conditions = listAt(status, 'conditions').filter(isObject)
  const index = conditions.findIndex(({ type }) => type === condition['type'])
  const before = conditions[index]
  const lastTransitionTime =
    before !== undefined && before['status'] === condition['status'] ? (before['lastTransitionTime'] ?? now) : now
  const fresh = { ...condition, lastTransitionTime }
  return index === -1 ? [...conditions, fresh] : conditions.with(index, fresh)
}
