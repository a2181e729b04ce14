import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../../src/adapters/system/clock.ts'
import { processIdentity, randomSeed } from '../../../src/adapters/system/entropy.ts'
import { createLog } from '../../../src/adapters/system/log.ts'
import type { ClusterAccess } from '../../../src/adapters/transport/cluster-access.ts'
import { findAccess } from '../../../src/adapters/transport/find-access.ts'
import { UndiciTransport } from '../../../src/adapters/transport/undici-transport.ts'
import { defaultNamespace } from '../../../src/api/annotations.ts'
import { type Operator, startOperator } from '../../../src/controllers/operator.ts'
import { type JsonObject, numberAt, textAt } from '../../../src/kernel/json.ts'
import { bmcNetworksDefault } from '../../../src/main/operator-config.ts'
import { createPower } from '../../../src/main/power.ts'
import { BlockMeter } from '../cache/measure.ts'
import { answerParent } from './conversation.ts'

/** The operator as `main` starts it, with meters beside it. */
let blocks = new BlockMeter()
let cpuBefore = process.cpuUsage()
const delays = monitorEventLoopDelay({ resolution: 1 })

/** `server`: a URL without credentials; otherwise `kubeconfig`. */
async function start(question: JsonObject): Promise<JsonObject> {
  delays.enable()
  const [begunAt, cpu] = [performance.now(), process.cpuUsage()]
  const writesPerSecond = numberAt(question, 'writesPerSecond')
  const operator = startOperator(
    {
      clock: systemClock,
      transport: new UndiciTransport({ access: accessOf(question), clock: systemClock, version: 'bench' }),
      power: createPower(bmcNetworksDefault),
      alerts: [],
      log: createLog({ level: 'warn' }),
      journal: { append: () => {} },
    },
    {
      identity: processIdentity(),
      seed: randomSeed(),
      namespace: textAt(question, 'namespace') ?? defaultNamespace,
      nodeJobImage: `registry.invalid/node-job@sha256:${'0'.repeat(64)}`,
      alertPollSeconds: 15,
      powerGuardGapSeconds: 30,
      ...(writesPerSecond === undefined ? {} : { writesPerSecond }),
    },
    new AbortController().signal,
  )
  operator.done.catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
  const [syncedMs, leadingMs] = await Promise.all([
    since(begunAt, () => operator.isSynced()),
    since(begunAt, () => isLeading(operator)),
  ])
  const { user, system } = process.cpuUsage(cpu)
  return { syncedMs, leadingMs, syncCpuMs: (user + system) / 1_000, ...meters() }
}

const isLeading = ({ leadership }: Operator): boolean => leadership.remainingMs() > 0

async function since(begunAt: number, holds: () => boolean): Promise<number> {
  while (!holds()) await sleep(5)
  return performance.now() - begunAt
}

function accessOf(question: JsonObject): ClusterAccess {
  const kubeconfig = textAt(question, 'kubeconfig')
  if (kubeconfig !== undefined) return findAccess({ kubeconfig, context: undefined, env: process.env })
  return {
    server: textAt(question, 'server') ?? '',
    tls: { authority: undefined, client: undefined, serverName: undefined, verifies: true },
    credential: { kind: 'None' },
    namespace: 'default',
  }
}

/** Blocks, delays and processor time are those since the meters were last read. */
function meters(): JsonObject {
  const { longestBlockMs, longestBlockWallMs } = blocks.stop()
  blocks = new BlockMeter()
  const delayP99Ms = delays.percentile(99) / 1_000_000
  delays.reset()
  const { user, system } = process.cpuUsage(cpuBefore)
  cpuBefore = process.cpuUsage()
  return {
    cpuMs: (user + system) / 1_000,
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * 1_024,
    longestBlockMs,
    longestBlockWallMs,
    delayP99Ms,
  }
}

answerParent({ start, meters: () => Promise.resolve(meters()) })
