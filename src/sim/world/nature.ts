import type { Prng } from '../../kernel/prng.ts'
import type { WorldClient } from '../api-server/world-client.ts'
import type { Timers } from '../loop.ts'
import type { WorldEvent } from './events.ts'
import type { Objects } from './objects.ts'
import type { Timings } from './timings.ts'

/** What every actor of the world lives by: time, chance, the API server, and a voice. */
export interface Nature {
  readonly timers: Timers
  /** The same for whoever does nothing but through the API server. */
  readonly clientTimers: Timers
  readonly prng: Prng
  readonly timings: Timings
  readonly objects: Objects
  /** The API server under a name of one's own, so that every change says whose it was. */
  readonly as: (user: string) => WorldClient
  readonly tell: (event: WorldEvent) => void
}

/** The name under which a controller of kube-controller-manager writes. */
export const controllerUser = (name: string): string => `system:serviceaccount:kube-system:${name}`
