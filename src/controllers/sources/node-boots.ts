import type { Node } from '../../api/core/node.ts'
import { isOpen, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeBoot, SourcesSeen } from '../../domain/detect/sources-seen.ts'
import { hours, type Mono } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Change } from '../../runtime/cache.ts'
import type { Watched } from '../watched.ts'
import { type Feed, Listeners } from './feed.ts'

interface NodeBootPorts {
  readonly clock: Pick<Clock, 'mono'>
  readonly nodes: Pick<Watched<Node>, 'onChange'>
  readonly runs: Pick<Watched<NodeRemediation, 'node' | 'policy'>, 'byIndex'>
}

interface History {
  readonly nodeUID: string
  readonly since: Mono
  readonly bootID: string
  readonly boots: readonly NodeBoot[]
}

/** The longest window that a signal may have. */
const keptMs = hours(7 * 24)
/** A node that boots more often than this is known well enough. */
const bootsMax = 100

/** Boot IDs that changed under our eyes, and whether a run of ours was about to boot the node. */
export class NodeBoots implements Feed {
  readonly #ports: NodeBootPorts
  readonly #histories = new Map<string, History>()
  readonly #listeners = new Listeners()

  constructor(ports: NodeBootPorts) {
    this.#ports = ports
    ports.nodes.onChange((change) => this.#follow(change))
  }

  readonly onChange = this.#listeners.add

  readonly seen = (nodeName: string): Pick<SourcesSeen, 'boots'> => {
    const history = this.#histories.get(nodeName)
    if (history === undefined) return { boots: { kind: 'Unavailable', message: 'the node is not known yet' } }
    return { boots: { kind: 'Known', watchedSinceMono: history.since, boots: history.boots } }
  }

  /** A boot is seen by what the watch says of the Node; a live read of it would show no more of those before. */
  readonly fresh = async (nodeName: string): Promise<Pick<SourcesSeen, 'boots'>> => this.seen(nodeName)

  #follow({ key, new: node }: Change<Node>): void {
    if (node === undefined) {
      this.#histories.delete(key)
      return
    }
    const known = this.#histories.get(key)
    const { uid } = node.metadata
    const at = this.#ports.clock.mono()
    if (known === undefined || known.nodeUID !== uid) {
      this.#histories.set(key, { nodeUID: uid, since: at, bootID: node.bootID, boots: [] })
      return
    }
    // An empty boot ID is a kubelet that has not said, and no boot.
    if (node.bootID === '' || node.bootID === known.bootID) return
    const isFirstWord = known.bootID === ''
    const recent = known.boots.filter(({ atMono }) => at - atMono < keptMs)
    const boots = isFirstWord ? recent : [...recent, { atMono: at, ours: this.#isOurs(node) }].slice(-bootsMax)
    this.#histories.set(key, { ...known, bootID: node.bootID, boots })
    if (!isFirstWord) this.#listeners.tell({ everything: false, nodeNames: [key] })
  }

  #isOurs({ metadata }: Node): boolean {
    return this.#ports.runs
      .byIndex('node', metadata.name)
      .some((run) => run.spec?.node.uid === metadata.uid && !run.spec.dryRun && isOpen(run) && mayBoot(run))
  }
}

/** From the moment at which a rung was begun until the run is over: a node that was cycled may boot late. */
const mayBoot = ({ status: { step } }: NodeRemediation): boolean =>
  step?.name === 'Treating' || step?.name === 'Verifying'
