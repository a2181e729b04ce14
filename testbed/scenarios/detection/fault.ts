import type { JsonObject } from '../../../src/kernel/json.ts'
import type { Exported } from '../../rule-pack/node-exporter.ts'
import type { SickNode } from '../../rule-pack/sick-node.ts'

/** One row of the detection matrix, made to happen on a node of its own. */
export interface Fault {
  /** Name of the node, too. */
  readonly name: string
  /** In the detection matrix; there is a policy for each. */
  readonly group: 'storage' | 'memory-and-cpu' | 'kernel' | 'network' | 'kubelet' | 'gpu'
  /** What is done to the node. */
  readonly injected: string
  /** Real: it happens. Recorded: a machine on which it happened is shown. */
  readonly evidence: 'Real' | 'Recorded'
  /** Source of the signal, as a policy names it. */
  readonly signal: JsonObject
  readonly diagnosis: string
  readonly class: 'Fault' | 'Load'
  /** Names of shipped configurations of the node problem detector that run on the node. */
  readonly configs?: readonly string[]
  /** Where the checks look, instead of at the machine. */
  readonly env?: (node: SickNode) => Readonly<Record<string, string>>
  /** What node_exporter tells of the node. */
  readonly exports?: (node: SickNode) => Exported
  /** PromQL that has a series for the node once Prometheus has seen it healthy. */
  readonly baseline?: string
  /** A healthy node. */
  readonly arrange?: (node: SickNode) => Promise<void> | void
  /** Returns when the fault is there. */
  readonly strike: (node: SickNode) => Promise<void> | void
  /** By when the diagnosis must be there. */
  readonly limitSeconds: number
}

/** Detectors look once a second. */
export const detectorLimitSeconds = 5
/** Scrape, evaluation, Alertmanager and poll, once a second each. */
export const alertLimitSeconds = 10
