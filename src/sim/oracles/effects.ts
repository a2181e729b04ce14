import { annotation } from '../../api/annotations.ts'
import type { Change } from '../api-server/api-request.ts'
import type { Happening } from '../checkers/checker.ts'
import type { Served } from '../weather/network.ts'
import type { WorldEvent } from '../world/events.ts'
import { annotationsOf, nameOf } from '../world/fields.ts'

export const effectKinds = ['Cordon', 'Uncordon', 'Eviction', 'Reboot', 'PowerOff', 'ClaimDeletion'] as const
export type EffectKind = (typeof effectKinds)[number]

/** What the operator has really done to every node: commands that changed nothing are not among it. */
export class Effects {
  readonly #counts = new Map<string, number>()

  take(happening: Happening): void {
    if (happening.kind === 'World') this.#takeEvent(happening.event)
    if (happening.kind === 'Served') this.#takeServed(happening.served)
    if (happening.kind === 'Changed') this.#takeChange(happening.change)
  }

  of(kind: EffectKind): number {
    return [...this.#counts].reduce((sum, [key, count]) => (key.startsWith(`${kind} `) ? sum + count : sum), 0)
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  #takeEvent(event: WorldEvent): void {
    if (event.kind === 'NodeCommandRan' && event.outcome === 'Rebooted') this.#count('Reboot', event.machine)
    if (event.kind === 'MachineBecame' && event.state === 'Off') this.#count('PowerOff', event.machine)
  }

  #takeServed({ request, status }: Served): void {
    if (status === 201 && request.path.endsWith('/eviction')) this.#count('Eviction', 'pods')
  }

  #takeChange({ plural, object, previous, type, request }: Change): void {
    if (previous === undefined || type !== 'MODIFIED') return
    if (plural === 'nodeclaims' && request.verb === 'delete') this.#count('ClaimDeletion', 'claims')
    if (plural !== 'nodes') return
    const [was, is] = [previous, object].map((node) => annotationsOf(node)[annotation.cordonedByRun] !== undefined)
    if (was !== is) this.#count(is === true ? 'Cordon' : 'Uncordon', nameOf(object))
  }

  #count(kind: EffectKind, whom: string): void {
    const key = `${kind} ${whom}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }
}
