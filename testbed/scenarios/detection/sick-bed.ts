import { textAt } from '../../../src/kernel/json.ts'
import { ensureRunning, stopService } from '../../process/service.ts'
import { detector, detectorProcess } from '../../rule-pack/detector.ts'
import { seriesOf, setTargets } from '../../rule-pack/monitoring.ts'
import { exporterPort, exporterProcess, nodeExporter } from '../../rule-pack/node-exporter.ts'
import { type SickNode, sickNode } from '../../rule-pack/sick-node.ts'
import { conditionOf, nameOf } from '../../scenario/conditions.ts'
import type { Stage } from '../../scenario/scenario.ts'
import { wait } from '../../wait.ts'
import type { Fault } from './fault.ts'
import { accusationsIn } from './judge.ts'
import type { Watches } from './watches.ts'

/** A healthy node, with what watches it, seen healthy. All of it ends with the work; what was said of the node stays. */
export async function onWatchedNode(
  { bed, watches }: Pick<Stage, 'bed'> & { readonly watches: Watches },
  fault: Fault,
  work: (node: SickNode) => Promise<void>,
): Promise<void> {
  const { layout } = bed
  const undoing: (() => Promise<unknown>)[] = []
  const node = sickNode(bed, fault.name, (undo) => void undoing.push(undo))
  try {
    await fault.arrange?.(node)
    await watchOver(node, fault)
    await seenHealthy(watches, node, fault)
    await work(node)
  } finally {
    await stopService(layout, detectorProcess)
    await stopService(layout, exporterProcess())
    setTargets(layout, [])
    for (const undo of undoing.toReversed()) await undo()
  }
}

async function watchOver(node: SickNode, { configs = [], env, exports }: Fault): Promise<void> {
  const { layout, name } = node
  if (configs.length > 0) {
    const own = { STATE_DIR: `${node.folder}/state`, ...env?.(node) }
    await ensureRunning(layout, detector(layout, node, { configs, env: own }))
  }
  if (exports !== undefined) {
    await ensureRunning(layout, nodeExporter(layout, exports(node)))
    setTargets(layout, [{ node: name, port: exporterPort(layout) }])
  }
}

/** A condition must have been False, a metric must have been there, and nobody may have called the node sick. */
async function seenHealthy({ nodes, healths }: Watches, { layout }: SickNode, fault: Fault): Promise<void> {
  const type = textAt(fault.signal, 'nodeCondition', 'type')
  if (type !== undefined && fault.configs !== undefined) {
    await nodes.until(
      `${type} to be False of ${fault.name}`,
      ({ object }) => nameOf(object) === fault.name && conditionOf(object, type) === 'False',
      healthyDeadlineMs,
    )
  }
  const { baseline } = fault
  if (baseline !== undefined) {
    const there = async (): Promise<true | undefined> => ((await seriesOf(layout, baseline)) > 0 ? true : undefined)
    await wait(`Prometheus to know ${baseline}`, there, { deadlineMs: healthyDeadlineMs, everyMs: 200 })
  }
  const told = [...accusationsIn(healths.current().filter((health) => nameOf(health) === fault.name))]
  if (told.length > 0) throw new Error(`before anything was done it was said to have ${told.join()}`)
}

const healthyDeadlineMs = 30_000
