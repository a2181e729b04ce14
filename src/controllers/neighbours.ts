import { leaseKind, nodeClaimKind } from '../api/core/kinds.ts'
import { type DaemonSet, daemonSetKind, nodeHealthCheckKind } from '../api/core/neighbours.ts'
import { type Kind, type KubeObject, keyOf } from '../api/kind.ts'
import type { ActorsSeen } from '../domain/surroundings/actors-seen.ts'
import { leaseNameOf } from '../domain/surroundings/foreign-work.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import { RefusedError } from '../ports/errors.ts'
import type { ServedInformer } from '../runtime/served-informer.ts'
import type { NeighbourInformers } from './neighbour-informers.ts'

/** Who else may act on a node: from caches where people are told, from live reads where something is about to be touched. */
export class Neighbours {
  readonly #informers: NeighbourInformers
  readonly #reader: ClusterReader

  constructor(informers: NeighbourInformers, reader: ClusterReader) {
    this.#informers = informers
    this.#reader = reader
  }

  readonly seen = (nodeName: string): ActorsSeen => {
    const { claims, daemonSets, healthChecks, machines, works, leases } = this.#informers
    const all = [claims, daemonSets, healthChecks, ...machines, ...works, leases]
    return {
      claims: claims.byIndex('node', nodeName),
      healthChecks: healthChecks.list(),
      machines: machines.flatMap((informer) => informer.byIndex('node', nodeName)),
      works: works.flatMap((informer) => informer.byIndex('node', nodeName)),
      leases: leases.list().filter(({ metadata }) => metadata.name === leaseNameOf(nodeName)),
      kuredLocks: daemonSets.list().filter(isKured).flatMap(lockOf),
      unread: all.flatMap((informer) => informer.problem() ?? []),
    }
  }

  /** What the caches know of is read anew. Who came into being a moment ago shows on the Node first. */
  readonly fresh = async (nodeName: string): Promise<ActorsSeen> => {
    const { machines, daemonSets, works } = this.#informers
    const cached = this.seen(nodeName)
    const unread = [...cached.unread]
    const again = async <Thing extends KubeObject>(kind: Kind<Thing> | undefined, things: readonly Thing[]) =>
      kind === undefined ? [] : await this.#again(kind, things, unread)
    const ofEach = async <Thing extends KubeObject>(informers: readonly ServedInformer<Thing, 'node'>[]) =>
      (await Promise.all(informers.map(({ kind, byIndex }) => again(kind, byIndex('node', nodeName))))).flat()
    return {
      claims: await again(nodeClaimKind, cached.claims),
      healthChecks: await again(nodeHealthCheckKind, cached.healthChecks),
      machines: await ofEach(machines),
      works: await ofEach(works),
      leases: await again(leaseKind, cached.leases),
      kuredLocks: (await again(daemonSetKind, daemonSets.list().filter(isKured))).flatMap(lockOf),
      unread,
    }
  }

  async #again<Thing extends KubeObject>(
    kind: Kind<Thing>,
    things: readonly Thing[],
    unread: string[],
  ): Promise<readonly Thing[]> {
    const found: Thing[] = []
    for (const thing of things) {
      try {
        const { name, namespace } = thing.metadata
        const current = await this.#reader.get(kind, kind.namespaced ? { name, namespace } : { name })
        if (current !== undefined) found.push(current)
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
        unread.push(`${kind.plural} ${keyOf(thing)}: ${error.message}`)
      }
    }
    return found
  }
}

/** By its lock, or by the name that its manifests give it: then it may take the lock at any moment. */
const isKured = ({ metadata, kuredLock }: DaemonSet): boolean => kuredLock !== undefined || metadata.name === 'kured'

const lockOf = (daemonSet: DaemonSet): ActorsSeen['kuredLocks'] =>
  daemonSet.kuredLock === undefined ? [] : [{ daemonSet: keyOf(daemonSet), text: daemonSet.kuredLock }]
