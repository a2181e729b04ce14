import { type LedgerSpec, ledgerKind, ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import { isOpen, type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type GuardSpec, guardKind, guardName } from '../../api/v1alpha1/remediation-guard.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { matchesSelector } from '../../kernel/selector.ts'
import type { Instant } from '../../kernel/time.ts'
import type { Change } from '../api-server/api-request.ts'
import type { Served } from '../weather/network.ts'
import type { ProcessEvent } from '../weather/process-event.ts'
import type { Replica } from '../weather/replica.ts'
import type { WorldEvent } from '../world/events.ts'
import { labelsOf, uidOf } from '../world/fields.ts'
import type { World } from '../world/world.ts'

/** What the checkers judge: everything that became true, at the moment at which it did. */
export type Happening =
  | { readonly kind: 'Changed'; readonly change: Change }
  | { readonly kind: 'Served'; readonly served: Served }
  | { readonly kind: 'World'; readonly event: WorldEvent }
  | { readonly kind: 'Process'; readonly event: ProcessEvent }

/** Judges by what is true in the world, never by what an operator believes. */
export interface Checker {
  /** As `hazards` numbers it: I1, L2. */
  readonly invariant: string
  /** A complaint, or undefined. */
  readonly judge: (happening: Happening, truth: Truth) => string | undefined
}

interface TruthOptions {
  readonly now: () => Instant
  readonly user: string
  readonly replicas?: () => readonly OperatorReplica[]
}

/** What matters of a replica of the operator to those who ask who could lead. */
export type OperatorReplica = Pick<Replica, 'nodeName' | 'process' | 'frozen' | 'cutFromServer' | 'cutFromBmcs'>

/** Ready views of the truth, so that no checker digs in JSON. */
export class Truth {
  readonly world: World
  readonly now: () => Instant
  /** Whom the operator is to the API server. */
  readonly user: string
  /** As they are now. */
  readonly replicas: () => readonly OperatorReplica[]
  /** Machines of which a quarantined run has said so, and that have not booted since. */
  readonly saidToBeOff: ReadonlySet<string>

  constructor(world: World, { now, user, replicas = () => [] }: TruthOptions) {
    this.world = world
    this.now = now
    this.user = user
    this.replicas = replicas
    this.saidToBeOff = saidToBeOff(world)
  }

  get runs(): readonly NodeRemediation[] {
    return this.world.objects.all('noderemediations.prunella.dev').map(runOf)
  }

  /** The run that is not over on this node, and not on one of its name that is gone; a dry run is none. */
  openRunOn(nodeName: string): NodeRemediation | undefined {
    const open = this.runs.filter((run) => run.spec?.node.name === nodeName && !run.spec.dryRun && isOpen(run))
    const node = this.node(nodeName)
    return open.find(({ spec }) => node !== undefined && spec?.node.uid === uidOf(node)) ?? open[0]
  }

  runByUID(uid: string | undefined): NodeRemediation | undefined {
    return uid === undefined ? undefined : this.runs.find(({ metadata }) => metadata.uid === uid)
  }

  get ledger(): LedgerSpec | undefined {
    const stored = this.world.objects.get('disruptionledgers.prunella.dev', { name: ledgerName })
    return stored === undefined ? undefined : ledgerOf(stored)
  }

  policy(name: string): PolicySpec | undefined {
    const stored = this.world.objects.get('noderemediationpolicies.prunella.dev', { name })
    return stored === undefined ? undefined : policyOf(stored)
  }

  get guard(): GuardSpec | undefined {
    const stored = this.world.objects.get('remediationguards.prunella.dev', { name: guardName })
    return stored === undefined ? undefined : guardOf(stored)
  }

  get nodes(): readonly JsonObject[] {
    return this.world.objects.all('nodes')
  }

  node(name: string): JsonObject | undefined {
    return this.world.objects.get('nodes', { name })
  }

  selectedBy({ nodeSelector }: PolicySpec): readonly JsonObject[] {
    return this.nodes.filter((node) => matchesSelector(nodeSelector, labelsOf(node)))
  }
}

export const runOf = remembered((stored) => runKind.project(stored))
export const ledgerOf = remembered((stored) => ledgerKind.project(stored).spec)
export const policyOf = remembered((stored) => policyKind.project(stored).spec)
export const guardOf = remembered((stored) => guardKind.project(stored).spec)

/** Stored objects are frozen: what was read of one once holds for as long as it lives. */
function remembered<View>(read: (stored: JsonObject) => View): (stored: JsonObject) => View {
  const views = new WeakMap<JsonObject, View>()
  return (stored) => {
    const known = views.get(stored)
    if (known !== undefined) return known
    const view = read(stored)
    views.set(stored, view)
    return view
  }
}

function saidToBeOff(world: World): ReadonlySet<string> {
  const names = new Set<string>()
  world.server.onChange(({ plural, type, object }) => {
    if (plural !== runKind.plural || type === 'DELETED') return
    const { spec, status } = runOf(object)
    const { name, message = '' } = status.step ?? {}
    if (spec !== undefined && name === 'Quarantined' && message.includes('the machine may be off'))
      names.add(spec.node.name)
  })
  world.onEvent((event) => {
    if (event.kind === 'MachineBecame' && event.state === 'Booting') names.delete(event.machine)
  })
  return names
}
