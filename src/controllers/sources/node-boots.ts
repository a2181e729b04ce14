import type { Node } from '../../api/core/node.ts'
import { isOpen, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { NodeBoot, SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { SourceHealth } from '../../domain/policy/source-health.ts'
import { hours, type Mono } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Change } from '../../runtime/cache.ts'
import type { Watched } from '../watched.ts'
import { type Feed, Listeners } from './feed.ts'
import { type Asks, cacheProblem, followProblem, type Heard, watchedHealth } from './watched-source.ts'

interface NodeBootPorts {
  readonly clock: Pick<Clock, 'mono' | 'sleep'>
  readonly nodes: Pick<Watched<Node>, 'onChange'> & Heard
  readonly runs: Pick<Watched<NodeRemediation, 'node' | 'policy'>, 'byIndex'>
  readonly asks: Asks
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

  /** Resolves when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, asks } = this.#ports
    const turned = (): void => {
      if (asks(listensToBoots)) this.#listeners.tell({ everything: true, nodeNames: [] })
    }
    await followProblem({ clock, problem: () => this.#problem(), turned }, signal)
  }

  readonly onChange = this.#listeners.add

  readonly health = (): readonly SourceHealth[] => {
    const { nodes, asks } = this.#ports
    return watchedHealth(
      { name: 'boots', kinds: ['reboots'], problem: this.#problem(), silentForMs: nodes.stalenessMs() },
      asks,
    )
  }

  readonly seen = (nodeName: string): Pick<SourcesSeen, 'boots'> => {
    const history = this.#histories.get(nodeName)
    if (history === undefined) return { boots: { kind: 'Unavailable', message: 'the node is not known yet' } }
    const message = this.#problem()
    if (message !== undefined) return { boots: { kind: 'Unavailable', message } }
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

  #problem(): string | undefined {
    return cacheProblem(this.#ports.nodes, 'nodes')
  }

  #isOurs({ metadata }: Node): boolean {
    return this.#ports.runs
      .byIndex('node', metadata.name)
      .some((run) => run.spec?.node.uid === metadata.uid && !run.spec.dryRun && isOpen(run) && mayBoot(run))
  }
}

const listensToBoots = ({ reboots }: Signal): boolean => reboots !== undefined

/** From the moment at which a rung was begun until the run is over: a node that was cycled may boot late. */
const mayBoot = ({ status: { step } }: NodeRemediation): boolean =>
  step?.name === 'Treating' || step?.name === 'Verifying'
