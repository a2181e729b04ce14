import { Prng } from '../../../kernel/prng.ts'
import { ApiServer } from '../../api-server/api-server.ts'
import { WorldClient } from '../../api-server/world-client.ts'
import type { Timers } from '../../loop.ts'
import type { WorldEvent } from '../events.ts'
import type { Nature } from '../nature.ts'
import { Objects } from '../objects.ts'
import { ordinaryTimings } from '../timings.ts'

/** A nature around an empty API server: for what is physical alone. */
export function physicsFixture(timers: Timers, tell: (event: WorldEvent) => void = () => {}): Nature {
  const server = new ApiServer({ now: timers.now, seed: 1 })
  return {
    timers,
    clientTimers: timers,
    prng: new Prng(1),
    timings: ordinaryTimings,
    objects: new Objects(server),
    as: (user) => new WorldClient(server, user),
    tell,
  }
}
