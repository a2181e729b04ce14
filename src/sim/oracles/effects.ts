import { annotation } from '../../api/annotations.ts'
import { textAt } from '../../kernel/json.ts'
import type { Change } from '../api-server/api-request.ts'
import type { Happening } from '../checkers/checker.ts'
import type { Served } from '../weather/network.ts'
import type { NodeCommandOutcome, WorldEvent } from '../world/events.ts'
import { annotationsOf, controllerOf, isTerminating, nameOf, namespaceOf, nodeNameOf } from '../world/fields.ts'

export const effectKinds = [
  'Cordon',
  'Uncordon',
  'Eviction',
  /** Granted for a pod that the same order had begun to end already. */
  'RepeatedEviction',
  'Reboot',
  'ServiceRestart',
  'DiskFreed',
  'PowerOff',
  'ClaimDeletion',
] as const
export type EffectKind = (typeof effectKinds)[number]

/**
 * What was really done, and to whom: nodes and machines by name, pods by their owner and node, claims by their node. Cordons,
 * evictions and deletions are the operator's; what happened to machines counts whoever did it.
 */
export class Effects {
  readonly #user: string
  readonly #counts = new Map<EffectKind, Map<string, number>>()
  readonly #granted = new Set<string>()

  constructor(user: string) {
    this.#user = user
  }

  take(happening: Happening): void {
    if (happening.kind === 'World') this.#takeEvent(happening.event)
    if (happening.kind === 'Served') this.#takeServed(happening.served)
    if (happening.kind === 'Changed' && happening.change.request.user === this.#user) this.#takeChange(happening.change)
  }

  of(kind: EffectKind, whom: string): number {
    return this.#counts.get(kind)?.get(whom) ?? 0
  }

  /** In the order in which they were first met. */
  whom(kind: EffectKind): readonly string[] {
    return [...(this.#counts.get(kind)?.keys() ?? [])]
  }

  #takeEvent(event: WorldEvent): void {
    if (event.kind === 'NodeCommandRan') this.#takeCommand(event.machine, event.outcome)
    if (event.kind === 'MachineBecame' && event.state === 'Off') this.#count('PowerOff', event.machine)
  }

  #takeCommand(machine: string, outcome: NodeCommandOutcome): void {
    if (outcome === 'Rebooted') this.#count('Reboot', machine)
    if (outcome === 'Restarted') this.#count('ServiceRestart', machine)
    if (outcome === 'DiskFreed') this.#count('DiskFreed', machine)
  }

  #takeServed({ request, status }: Served): void {
    if (status !== 201 || !request.path.endsWith('/eviction')) return
    const order = `${request.path} ${textAt(request.body, 'deleteOptions', 'preconditions', 'uid') ?? ''}`
    if (this.#granted.has(order)) this.#count('RepeatedEviction', request.path)
    this.#granted.add(order)
  }

  #takeChange(change: Change): void {
    const { plural, object, request } = change
    if (plural === 'nodes') this.#takeCordon(change)
    if (!beginsToEnd(change)) return
    if (plural === 'nodeclaims') this.#count('ClaimDeletion', textAt(object, 'status', 'nodeName') ?? nameOf(object))
    if (plural !== 'pods' || request.subresource !== 'eviction') return
    const { kind, name } = controllerOf(object) ?? { kind: 'Pod', name: nameOf(object) }
    this.#count('Eviction', `${kind} ${namespaceOf(object)}/${name} on ${nodeNameOf(object)}`)
  }

  #takeCordon({ object, previous, type }: Change): void {
    if (previous === undefined || type !== 'MODIFIED') return
    const [was, is] = [previous, object].map((node) => annotationsOf(node)[annotation.cordonedByRun] !== undefined)
    if (was !== is) this.#count(is === true ? 'Cordon' : 'Uncordon', nameOf(object))
  }

  #count(kind: EffectKind, whom: string): void {
    const counts = this.#counts.get(kind) ?? new Map<string, number>()
    this.#counts.set(kind, counts.set(whom, (counts.get(whom) ?? 0) + 1))
  }
}

/** Asked to go, or gone at once; what was ending already does not begin to. */
const beginsToEnd = ({ type, object, previous }: Change): boolean =>
  previous !== undefined && !isTerminating(previous) && (type === 'DELETED' || isTerminating(object))
