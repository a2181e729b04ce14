import type { JsonObject } from '../../../kernel/json.ts'
import { deepFreeze } from '../storage/deep-freeze.ts'
import { apiVersionOf, type ResourceDescriptor } from './descriptor.ts'

const presented = new WeakMap<ResourceDescriptor, WeakMap<JsonObject, JsonObject>>()

/** A stored object as a GET or a watch shows it: with kind and apiVersion, in the version asked for. Shared and frozen. */
export function present(descriptor: ResourceDescriptor, stored: JsonObject): JsonObject {
  const known = presented.get(descriptor) ?? new WeakMap<JsonObject, JsonObject>()
  presented.set(descriptor, known)
  const before = known.get(stored)
  if (before !== undefined) return before
  const made = deepFreeze(presentUnstored(descriptor, stored))
  known.set(stored, made)
  return made
}

/** The same for an object that is not kept: nothing is remembered of it. */
export function presentUnstored(descriptor: ResourceDescriptor, object: JsonObject): JsonObject {
  const { form } = descriptor
  if (form.kind === 'BuiltIn') {
    return { kind: descriptor.kind, apiVersion: apiVersionOf(descriptor), ...(form.fromStorage?.(object) ?? object) }
  }
  const apiVersion = apiVersionOf(descriptor)
  return object['apiVersion'] === apiVersion ? object : form.version.decode({ ...object, apiVersion }).object
}

/** As an item of a list: built-in kinds leave out kind and apiVersion there. */
export function presentItem(descriptor: ResourceDescriptor, stored: JsonObject): JsonObject {
  const { form } = descriptor
  if (form.kind === 'Custom') return present(descriptor, stored)
  return form.fromStorage?.(stored) ?? stored
}
