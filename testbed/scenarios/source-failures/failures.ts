import { rmSync, truncateSync } from 'node:fs'
import type { ConditionStatus } from '../../../src/api/core/node.ts'
import type { Layout } from '../../layout.ts'
import { writeKernelLine } from '../../machines/kernel-log.ts'
import { ensureRunning, runningProcess, stopService } from '../../process/service.ts'
import { detector, detectorProcess } from '../../rule-pack/detector.ts'
import {
  alertmanagerProcess,
  prometheusData,
  prometheusProcess,
  rulesPrometheus,
  type Twin,
} from '../../rule-pack/monitoring.ts'
import type { SickNode } from '../../rule-pack/sick-node.ts'
import { loudAlertmanager, type NodeName, setDelays, setMemory, twins } from './stand.ts'

/** A source that goes while a node is sick by its word, and comes back when the node is well. */
export interface Failure {
  readonly name: string
  readonly what: string
  readonly road: 'query' | 'alert' | 'detector'
  /** Falls sick just before: its hold runs when the source goes. */
  readonly sick: NodeName
  /** Nodes of which nobody can tell any more. */
  readonly affected: readonly NodeName[]
  /** The sick node is well again before its hold is over, and until then nothing else may be said of it than this. */
  readonly stillSaid?: readonly ConditionStatus[]
  readonly fail: (stand: Stand) => Promise<unknown>
  readonly mend: (stand: Stand) => Promise<unknown>
}

export interface Stand {
  readonly layout: Layout
  /** The node that has a detector. */
  readonly watched: SickNode
}

const queryNodes: readonly NodeName[] = ['query-well', 'query-sick']
const alertNodes: readonly NodeName[] = ['alert-well', 'alert-sick']

const onBoth = (work: (twin: (typeof twins)[number]) => Promise<unknown>): Promise<unknown> =>
  Promise.all(twins.map(work))

/** Whatever they look at now, they begin anew. */
const startPrometheus = ({ layout }: Stand, scrapes: 'All' | 'Inventory' | 'Nothing'): Promise<unknown> =>
  onBoth(async (twin) => {
    await stopService(layout, prometheusProcess(twin))
    await ensureRunning(layout, rulesPrometheus(layout, twin, scrapes))
  })

const stopBoth = ({ layout }: Stand, nameOf: (twin: Twin) => string): Promise<unknown> =>
  onBoth((twin) => stopService(layout, nameOf(twin)))

const forgetEverything = ({ layout }: Stand): void => {
  for (const twin of twins) rmSync(prometheusData(layout, twin), { recursive: true, force: true })
}

const alertmanagersAgain = ({ layout }: Stand): Promise<unknown> =>
  onBoth((twin) => ensureRunning(layout, loudAlertmanager(layout, twin)))

/** Longer than the operator waits for an answer. */
const slowMs = 8_000

export const failures: readonly Failure[] = [
  {
    name: 'prometheus-stopped',
    what: 'both Prometheuses are stopped',
    road: 'query',
    sick: 'query-sick',
    affected: queryNodes,
    fail: (stand) => stopBoth(stand, prometheusProcess),
    mend: (stand) => startPrometheus(stand, 'All'),
  },
  {
    name: 'one-prometheus-stopped',
    what: 'of two Prometheuses, each with its part of the nodes, one is stopped',
    road: 'query',
    sick: 'query-sick',
    affected: queryNodes,
    fail: ({ layout }) => stopService(layout, prometheusProcess('B')),
    mend: (stand) => startPrometheus(stand, 'All'),
  },
  {
    name: 'prometheus-empty',
    what: 'both Prometheuses answer, and know nothing of any node',
    road: 'query',
    sick: 'query-sick',
    affected: queryNodes,
    fail: async (stand) => {
      await stopBoth(stand, prometheusProcess)
      forgetEverything(stand)
      await startPrometheus(stand, 'Inventory')
    },
    mend: (stand) => startPrometheus(stand, 'All'),
  },
  {
    name: 'prometheus-old',
    what: 'both Prometheuses answer with what they knew, and scrape no more',
    road: 'query',
    sick: 'query-sick',
    affected: queryNodes,
    fail: (stand) => startPrometheus(stand, 'Nothing'),
    mend: (stand) => startPrometheus(stand, 'All'),
  },
  {
    name: 'prometheus-slow',
    what: `both Prometheuses take ${slowMs / 1_000} s to answer`,
    road: 'query',
    sick: 'query-sick',
    affected: queryNodes,
    fail: async ({ layout }) => setDelays(layout, ['delay', 'delayB'], slowMs),
    mend: async ({ layout }) => setDelays(layout, [], 0),
  },
  {
    name: 'alertmanager-restarted',
    what: 'both Alertmanagers are stopped, and started again later',
    road: 'alert',
    sick: 'alert-sick',
    affected: alertNodes,
    fail: (stand) => stopBoth(stand, alertmanagerProcess),
    mend: alertmanagersAgain,
  },
  {
    name: 'alertmanager-forgetful',
    what: 'both Alertmanagers are stopped and started at once, and list nothing until they are told again',
    road: 'alert',
    sick: 'alert-sick',
    affected: ['alert-well'],
    stillSaid: ['True', 'Unknown'],
    fail: async (stand) => {
      await stopBoth(stand, alertmanagerProcess)
      await alertmanagersAgain(stand)
    },
    mend: alertmanagersAgain,
  },
  {
    name: 'alertmanager-duplicated',
    what: 'of two Alertmanagers that list the same alert one is stopped',
    road: 'alert',
    sick: 'alert-sick',
    affected: ['alert-well'],
    stillSaid: ['True'],
    fail: ({ layout }) => stopService(layout, alertmanagerProcess('B')),
    mend: alertmanagersAgain,
  },
  {
    name: 'alertmanager-truncated',
    what: 'both Alertmanagers answer no more, and send webhooks with one alert of many, again and again',
    road: 'alert',
    sick: 'alert-sick',
    affected: alertNodes,
    fail: async ({ layout }) => setDelays(layout, ['delayC', 'delayD'], slowMs),
    mend: async ({ layout }) => setDelays(layout, [], 0),
  },
  {
    name: 'detector-killed',
    what: 'the node problem detector is killed',
    road: 'detector',
    sick: 'detector-sick',
    affected: ['detector-sick'],
    fail: async ({ layout }) => kill(layout, detectorProcess),
    // it has forgotten what it saw, and says that all is well
    mend: startDetector,
  },
]

function kill(layout: Layout, name: string): void {
  const running = runningProcess(layout, name)
  if (running === undefined) throw new Error(`killing ${name}: it is not running`)
  process.kill(running.pid, 'SIGKILL')
}

/** As after a restart of its pod: the log that it has read is not read again. */
export async function startDetector({ layout, watched }: Stand): Promise<void> {
  await stopService(layout, detectorProcess)
  truncateSync(watched.kernelLog)
  await ensureRunning(layout, detector(layout, watched, { configs: ['log/kernel-deadlock'], heartbeatSeconds: 2 }))
}

/** The node falls sick, as its own road tells it. */
export function fallSick({ layout, watched }: Stand, { road, sick }: Failure): void {
  if (road === 'detector') writeKernelLine(watched, 'INFO: task containerd:812 blocked for more than 120 seconds.')
  else setMemory(layout, sick, 'NearlyGone')
}

/** Before its source is back. Only a detector that starts anew forgets a deadlock. */
export function getWell({ layout }: Stand, { road, sick }: Failure): void {
  if (road !== 'detector') setMemory(layout, sick, 'Enough')
}
