import type { JsonObject } from '../../../kernel/json.ts'

/** Objects are shared with every reader. What is frozen already is skipped: updates share most of what they replace. */
export function deepFreeze(object: JsonObject): JsonObject {
  freezeAll(object)
  return object
}

function freezeAll(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const member of Object.values(value)) freezeAll(member)
}

/** A copy of JSON values without undefined: what would have crossed the wire. */
export function wireCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((member) => wireCopy(member) ?? null)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) if (member !== undefined) copy[key] = wireCopy(member)
  return copy
}
