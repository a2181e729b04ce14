import type { Node } from '../api/core/node.ts'
import { keyOf } from '../api/kind.ts'
import { isOpen, type NodeRemediation } from '../api/v1alpha1/node-remediation.ts'
import { isServing } from '../domain/budget/figures.ts'
import { growingPool, type SpareSeen, sparesAmong } from '../domain/surroundings/capacity-there.ts'
import {
  controlPlaneOf,
  isSource,
  onlySources,
  staticControlPlane,
  type VitalSeen,
} from '../domain/surroundings/control-plane-safe.ts'
import { drainOutlook } from '../domain/surroundings/drain-outlook.ts'
import type { ClaimsSeen } from '../domain/surroundings/provider-ready.ts'
import type { PolicySurroundings, Surroundings } from '../domain/surroundings/surroundings.ts'
import { type UpgradeSeen, upgradeOf } from '../domain/surroundings/upgrade.ts'
import { type Instant, type Mono, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Budgets } from './budgets.ts'
import type { Informers } from './informers.ts'
import type { NeighbourInformers } from './neighbour-informers.ts'
import type { Neighbours } from './neighbours.ts'
import type { PreparedPolicies } from './prepared-policies.ts'
import type { Providers } from './providers.ts'
import type { Room } from './room.ts'
import type { SharedView } from './shared-view.ts'

interface SurroundingsPorts {
  readonly clock: Pick<Clock, 'now' | 'mono'>
  readonly informers: Informers
  readonly foreign: NeighbourInformers
  readonly neighbours: Neighbours
  readonly budgets: Pick<Budgets, 'of'>
  readonly prepared: PreparedPolicies
  readonly shared: Pick<SharedView, 'figures'>
  readonly room: Room
  readonly providers: Providers
  /** Where this process runs; empty: nobody knows. */
  readonly ownNode: string
}

/** Facts about the whole fleet are worked out so often, however many nodes ask. */
const sharedForMs = seconds(1)

interface FleetFacts {
  readonly at: Mono
  readonly controlPlane: VitalSeen['controlPlane']
  readonly upgrades: ReadonlyMap<string, UpgradeSeen>
  /** By name of the policies that ask for spare nodes: their nodes that no pool would bring back, the fullest first. */
  readonly fullest: ReadonlyMap<string, readonly string[]>
}

/** Joins what stands around one node, from caches. Asked for nodes that have a diagnosis. */
export class SurroundingsView {
  readonly #ports: SurroundingsPorts
  readonly #versionChanges = new Map<string, Instant>()
  #fleet: FleetFacts | undefined

  constructor(ports: SurroundingsPorts) {
    this.#ports = ports
    ports.informers.nodes.onChange(({ key, old, new: node }) => {
      if (node === undefined) this.#versionChanges.delete(key)
      else if (old !== undefined && old.kubeletVersion !== node.kubeletVersion && old.kubeletVersion !== '')
        this.#versionChanges.set(key, ports.clock.now())
    })
  }

  readonly of = (node: Node): Surroundings => {
    const { informers, budgets, neighbours, providers, room } = this.#ports
    const { name } = node.metadata
    const pods = informers.pods.byIndex('node', name)
    const actors = neighbours.seen(name)
    const namespaces = new Set(pods.map(({ metadata }) => metadata.namespace))
    return {
      actors,
      vital: this.vital(name),
      room: room.around(name, {
        taken: this.#taken(),
        growingPool: growingPool(actors.claims),
      }),
      drain: drainOutlook(pods, budgets.of(namespaces)),
      power: providers.power(name),
      claims: this.#claims(name),
      byPolicy: this.#byPolicy(node),
    }
  }

  /** What of the control plane, and of ours, stands on a node. */
  readonly vital = (nodeName: string): VitalSeen => {
    const { informers, ownNode } = this.#ports
    const pods = informers.pods.byIndex('node', nodeName)
    const sources = pods.some(isSource) ? onlySources(pods, informers.pods.list()) : []
    const leader = nodeName === ownNode ? ['the leading replica of this operator'] : []
    return {
      staticPods: staticControlPlane(pods),
      controlPlane: this.#facts().controlPlane,
      ours: [...leader, ...sources],
    }
  }

  #claims(nodeName: string): ClaimsSeen {
    const { claims } = this.#ports.foreign
    const message = claims.problem()
    if (message !== undefined) return { kind: 'Unavailable', message }
    return { kind: 'Known', claims: claims.byIndex('node', nodeName), readyNodes: [] }
  }

  #byPolicy(node: Node): Surroundings['byPolicy'] {
    const { prepared, shared } = this.#ports
    const selecting = prepared.list().filter(({ selects }) => selects(node.metadata.labels))
    const entries = selecting.map(({ name, spec }): readonly [string, PolicySurroundings] => {
      const upgrade = this.#facts().upgrades.get(name) ?? { versions: [], moving: undefined }
      const promised = this.#promised(name, node.metadata.name)
      const spare = this.#spare(name, spec.limits.spareNodes, node.metadata.name)
      return [name, { figures: shared.figures(name), promised, upgrade, spare }]
    })
    return Object.fromEntries(entries)
  }

  /** What the loss of the next nodes of the policy would mean, once this one is empty. */
  #spare(policyName: string, asked: number, nodeName: string): SpareSeen | undefined {
    if (asked === 0) return undefined
    const taken = this.#taken()
    const others = (this.#facts().fullest.get(policyName) ?? []).filter((name) => name !== nodeName && !taken.has(name))
    const lost = others.slice(0, asked)
    return { asked, lost, placement: this.#ports.room.after([nodeName, ...lost], taken) }
  }

  /** Runs that have begun, hold no slot yet, and will take a node away that still counts as healthy. */
  #promised(policyName: string, butNode: string): number {
    const { runs, nodes } = this.#ports.informers
    const coming = runs.byIndex('policy', policyName).filter((run) => willClaim(run) && run.spec?.node.name !== butNode)
    return coming.filter(({ spec }) => {
      const node = nodes.get({ name: spec?.node.name ?? '' })
      return node !== undefined && isServing(node)
    }).length
  }

  #taken(): ReadonlySet<string> {
    const open = this.#ports.informers.runs.list().filter((run) => isOpen(run) && run.spec?.dryRun === false)
    return new Set(open.flatMap(({ spec }) => spec?.node.name ?? []))
  }

  #facts(): FleetFacts {
    const { clock, informers, foreign, prepared, room } = this.#ports
    const at = clock.mono()
    if (this.#fleet === undefined || at - this.#fleet.at >= sharedForMs) {
      const nodes = informers.nodes.list()
      const now = clock.now()
      const upgrades = new Map<string, UpgradeSeen>()
      const fullest = new Map<string, readonly string[]>()
      for (const { name, spec, selects } of prepared.list()) {
        const selected = nodes.filter(({ metadata }) => selects(metadata.labels))
        upgrades.set(name, upgradeOf(selected, this.#versionChanges, now))
        if (spec.limits.spareNodes === 0) continue
        const spares = sparesAmong(selected, (nodeName) => foreign.claims.byIndex('node', nodeName))
        fullest.set(name, room.fullest(spares))
      }
      this.#fleet = { at, controlPlane: controlPlaneOf(nodes), upgrades, fullest }
    }
    return this.#fleet
  }
}

const willClaim = ({ spec, status }: NodeRemediation): boolean =>
  spec?.dryRun === false && (status.step === undefined || status.step.name === 'Claiming')

/** Those that were there before: of two runs on one node the elder acts. */
export const eldersOf = (run: NodeRemediation, runs: readonly NodeRemediation[]): readonly NodeRemediation[] =>
  runs.filter((other) => other.metadata.uid !== run.metadata.uid && isOpen(other) && ageKey(other) < ageKey(run))

const ageKey = (run: NodeRemediation): string => `${run.metadata.creationTimestamp ?? ''} ${keyOf(run)}`
