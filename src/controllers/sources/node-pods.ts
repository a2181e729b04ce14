import type { CoreEvent } from '../../api/core/core-event.ts'
import { type Pod, podKind } from '../../api/core/pod.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { AilingPod, PodsSeen, SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { SourceHealth } from '../../domain/policy/source-health.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Change } from '../../runtime/cache.ts'
import { causeText } from '../../runtime/complaint.ts'
import type { Informers } from '../informers.ts'
import { type Feed, Listeners } from './feed.ts'
import { PodChart } from './pod-chart.ts'
import type { Watch } from './watch-when-asked.ts'
import { type Asks, cacheProblem, followProblem, hasLeft, type Leaving, watchedHealth } from './watched-source.ts'

interface NodePodPorts {
  readonly clock: Pick<Clock, 'now' | 'mono' | 'sleep'>
  readonly reader: ClusterReader
  readonly pods: Pick<Informers['pods'], 'get' | 'onChange' | 'hasSynced' | 'stalenessMs'>
  readonly nodes: Leaving
  /** Of Events that say that the sandbox of a pod cannot be made. */
  readonly sandboxes: Watch<CoreEvent>
  /** Where no policy listens to pods nobody is woken. */
  readonly asks: Asks
}

/** Pods that ail and pods that were evicted, by node. Made before the caches are filled, so that it sees pods as they come. */
export class NodePods implements Feed {
  readonly #ports: NodePodPorts
  readonly #chart = new PodChart()
  readonly #listeners = new Listeners()

  constructor(ports: NodePodPorts) {
    this.#ports = ports
    ports.pods.onChange((change) => this.#follow(change))
    ports.nodes.onChange(({ key, new: node }) => {
      if (node === undefined) this.#chart.forgetNode(key)
    })
    ports.sandboxes.onKnown(() => this.#listeners.tell({ everything: true, nodeNames: [] }))
    ports.sandboxes.onChange(({ new: event }) => {
      const pod = event && ports.pods.get(event.regarding)
      if (pod?.metadata.uid === event?.regarding.uid && pod !== undefined)
        this.#tell(this.#chart.noteSandbox(pod, this.#moment()), pod)
    })
  }

  /** Resolves when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const turned = (): void => this.#listeners.tell({ everything: true, nodeNames: [] })
    await followProblem({ clock: this.#ports.clock, problem: () => this.#problem(), turned }, signal)
  }

  readonly onChange = this.#listeners.add

  readonly seen = (nodeName: string): Pick<SourcesSeen, 'pods'> => {
    const message = this.#problem()
    if (message !== undefined) return { pods: { kind: 'Unavailable', message } }
    return { pods: this.#pods(nodeName, () => true) }
  }

  readonly fresh = async (nodeName: string, signals: readonly Signal[]): Promise<Pick<SourcesSeen, 'pods'>> => {
    if (!signals.some(listensToPods)) return this.seen(nodeName)
    try {
      const pods = await this.#ports.reader.list(podKind, { fieldSelector: `spec.nodeName=${nodeName}` })
      for (const pod of pods) this.#chart.note(this.#cached(pod), pod, this.#moment())
      const uids = new Set(pods.map(({ metadata }) => metadata.uid))
      return { pods: this.#pods(nodeName, ({ uid, isGone }) => isGone || uids.has(uid)) }
    } catch (error) {
      return { pods: { kind: 'Unavailable', message: `pods cannot be read: ${causeText(error)}` } }
    }
  }

  readonly health = (): readonly SourceHealth[] => {
    const { pods, sandboxes, asks } = this.#ports
    const heard = { problem: this.#problem(), silentForMs: pods.stalenessMs() }
    const events = { problem: sandboxes.problem(), silentForMs: sandboxes.silentForMs() }
    return [
      ...watchedHealth({ name: 'pods', kinds: ['evictionStorm', 'podSymptom'], ...heard }, asks),
      ...watchedHealth({ name: 'sandboxes', kinds: ['podSymptom'], symptoms: ['SandboxFailing'], ...events }, asks),
    ]
  }

  #pods(nodeName: string, isThere: (pod: AilingPod) => boolean): PodsSeen {
    const ailing = this.#chart.ailing(nodeName, this.#ports.clock.mono()).filter(isThere)
    const sandboxProblem = this.#ports.sandboxes.problem()
    return { kind: 'Known', evictions: this.#chart.evictions(nodeName), ailing, sandboxProblem }
  }

  #follow({ old, new: pod }: Change<Pod>): void {
    if (pod === undefined) {
      if (old !== undefined) this.#leave(old)
    } else if (pod.nodeName !== '') this.#tell(this.#chart.note(old, pod, this.#moment()), pod)
  }

  /** The last pods of a node leave after it. */
  #leave(pod: Pod): void {
    this.#tell(this.#chart.gone(pod), pod)
    if (hasLeft(this.#ports.nodes, pod.nodeName)) this.#chart.forgetNode(pod.nodeName)
  }

  #cached({ metadata }: Pod): Pod | undefined {
    const known = this.#ports.pods.get(metadata)
    return known?.metadata.uid === metadata.uid ? known : undefined
  }

  #moment() {
    const { clock } = this.#ports
    return { now: clock.now(), mono: clock.mono() }
  }

  #tell(isNew: boolean, { nodeName }: Pod): void {
    if (isNew && this.#ports.asks(listensToPods)) this.#listeners.tell({ everything: false, nodeNames: [nodeName] })
  }

  #problem(): string | undefined {
    return cacheProblem(this.#ports.pods, 'pods')
  }
}

const listensToPods = ({ evictionStorm, podSymptom }: Signal): boolean =>
  evictionStorm !== undefined || podSymptom !== undefined
