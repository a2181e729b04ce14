import { type Instant, instant } from '../../kernel/time.ts'
import { controllerOf, isActive, isReady, nameOf, nodeNameOf, uidOf } from '../world/fields.ts'
import type { Happening, Truth } from './checker.ts'

/** Since when the pods of DaemonSets are not ready: without them a node serves nobody, whatever its kubelet says. */
export class Daemons {
  readonly #unreadySince = new Map<string, Instant>()

  take(happening: Happening, { now }: Truth): void {
    if (happening.kind !== 'Changed' || happening.change.plural !== 'pods') return
    const { object, type } = happening.change
    if (controllerOf(object)?.kind !== 'DaemonSet') return
    const uid = uidOf(object)
    if (type === 'DELETED' || isReady(object)) this.#unreadySince.delete(uid)
    else if (!this.#unreadySince.has(uid)) this.#unreadySince.set(uid, now())
  }

  /** The name of one on this node that has not been ready for longer than that; undefined: all are, or may have seemed so. */
  lackingOn(nodeName: string, forMs: number, { world, now }: Truth): string | undefined {
    const lacking = world.objects
      .podsOn(nodeName)
      .find(
        (pod) =>
          controllerOf(pod)?.kind === 'DaemonSet' &&
          nodeNameOf(pod) === nodeName &&
          isActive(pod) &&
          !isReady(pod) &&
          now() - (this.#unreadySince.get(uidOf(pod)) ?? instant(0)) > forMs,
      )
    return lacking && nameOf(lacking)
  }
}
