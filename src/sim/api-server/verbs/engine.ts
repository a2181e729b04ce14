import type { JsonObject } from '../../../kernel/json.ts'
import type { Instant } from '../../../kernel/time.ts'
import { notFound } from '../errors/status-error.ts'
import type { Identities } from '../objects/identities.ts'
import type { Route, Routes } from '../requests/route.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'
import type { Registry } from '../resources/registry.ts'
import type { Storage } from '../storage/storage.ts'
import type { StrategyContext } from '../strategies/strategy.ts'

/** What every verb works on. */
export interface Engine {
  readonly storage: Storage
  readonly registry: Registry
  readonly routes: Routes
  readonly identities: Identities
  readonly now: () => Instant
}

/** An object's place: all that the verbs need to know of a route. */
export interface Target {
  readonly resource: ResourceDescriptor
  readonly namespace: string
  readonly name: string
}

export const keyOf = ({ resource, namespace, name }: Target): string =>
  resource.namespaced ? `${namespace}/${name}` : name

export const targetOf = ({ resource, namespace, name }: Route): Target => ({ resource, namespace, name })

export const storedAt = ({ storage }: Engine, target: Target): JsonObject | undefined =>
  storage.storeOf(target.resource).get(keyOf(target))

/** Throws a 404. */
export function existing(engine: Engine, target: Target): JsonObject {
  const found = storedAt(engine, target)
  if (found === undefined) throw notFound(target.resource, target.name)
  return found
}

export const strategyContext = (engine: Engine): StrategyContext => ({
  now: engine.now(),
  find: (name, object) => {
    const resource = engine.registry.resolve(name)
    return resource === undefined ? undefined : engine.storage.storeOf(resource).get(object)
  },
})
