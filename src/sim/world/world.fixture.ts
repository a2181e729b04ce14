import type { JsonObject } from '../../kernel/json.ts'
import { minutes } from '../../kernel/time.ts'
import { Loop } from '../loop.ts'
import { isReady, nameOf, nodeNameOf } from './fields.ts'
import { World, type WorldOptions } from './world.ts'

export interface SmallWorld {
  readonly loop: Loop
  readonly world: World
  readonly node: (name: string) => JsonObject
  /** Pods of a Deployment, by its label. */
  readonly podsOf: (app: string) => readonly JsonObject[]
  readonly nodesOf: (app: string) => readonly string[]
}

/** A cluster that has come to rest. An actor that is refused by the API server has a bug. */
export async function smallWorld(options: Partial<WorldOptions> = {}): Promise<SmallWorld> {
  const loop = new Loop()
  const world = new World({ timers: loop, seed: 1, nodes: 3, ...options })
  world.onEvent((event) => {
    if (event.kind === 'ActorRefused') throw new Error(`${event.actor}, ${event.key}: ${event.message}`)
  })
  await loop.runFor(minutes(1))
  const podsOf = (app: string): readonly JsonObject[] => world.api.list('pods', { labelSelector: `app=${app}` })
  return {
    loop,
    world,
    node: (name) => world.api.get('nodes', { name }) ?? {},
    podsOf,
    nodesOf: (app) => podsOf(app).filter(isReady).map(nodeNameOf).toSorted(),
  }
}

export const readyNodes = (world: World): readonly string[] => world.api.list('nodes').filter(isReady).map(nameOf)

export const web = { namespace: 'shop', name: 'web', replicas: 3, budget: { minAvailable: 2 } } as const
