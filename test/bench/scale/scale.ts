import { cpus, loadavg } from 'node:os'
import { type EmbeddedReport, measureEmbedded, measureStorms, type StormReport } from './embedded.ts'
import { measureReal, type RealReport } from './real.ts'
import type { Sizes } from './sizes.ts'
import { type Judged, judged, publishedByOthers } from './targets.ts'

export const parts = ['embedded', 'storms', 'real'] as const
export type Part = (typeof parts)[number]

export interface ScaleReport {
  /** Of the machine, one minute before and after: above the number of processors, other programs were in the way. */
  readonly load: { readonly processors: number; readonly before: number; readonly after: number }
  readonly embedded: EmbeddedReport | undefined
  readonly storms: readonly StormReport[]
  readonly real: RealReport | undefined
  readonly targets: readonly Judged[]
  readonly publishedByOthers: readonly string[]
}

export async function measureScale(
  sizes: Sizes,
  wanted: readonly Part[],
  say: (line: string) => void,
): Promise<ScaleReport> {
  const before = loadavg()[0] ?? 0
  const embedded = wanted.includes('embedded') ? await measureEmbedded(sizes, say) : undefined
  const storms = wanted.includes('storms') ? await measureStorms(sizes, say) : []
  const real = wanted.includes('real') ? await measureReal(sizes, say) : undefined
  const targets = [
    ...(embedded === undefined ? [] : embeddedTargets(embedded)),
    ...(storms.length === 0 ? [] : [linear(storms)]),
    ...(real === undefined ? [] : realTargets(real)),
  ]
  const load = { processors: cpus().length, before, after: loadavg()[0] ?? 0 }
  return { load, embedded, storms, real, targets, publishedByOthers }
}

const megabytes = (bytes: number): number => Math.round(bytes / 1_000_000)
const inSeconds = (ms: number): number => ms / 1_000

function embeddedTargets(seen: EmbeddedReport): readonly Judged[] {
  const { requests } = seen.idle
  const strange = Object.entries(requests).filter(([what]) => !ownLease.has(what))
  return [
    judged(`synced with ${seen.nodes} nodes and ${seen.pods} pods`, 's', [inSeconds(seen.syncedMs), 10]),
    judged('RSS of the operator when synced', 'MB', [megabytes(seen.syncedRssBytes), 450]),
    judged('RSS of the operator at its peak, after all trouble', 'MB', [megabytes(seen.peakRssBytes), 450]),
    judged('event loop of the operator busy in one go, while it syncs', 'ms', [seen.syncBlockMs, 100]),
    judged('event loop of the operator busy in one go, under load', 'ms', [seen.longestBlockMs, 100]),
    judged(`delay of the event loop, p99, ${Math.round(seen.updates.perSecond)} node updates a second`, 'ms', [
      seen.updates.delayP99Ms,
      50,
    ]),
    judged('requests of an idle minute that are not for its own lease', '', [
      strange.reduce((sum, [, count]) => sum + count, 0),
      0,
    ]),
    ...seen.latencies.flatMap(({ renewalsPerSecond, p50, p99, writesMax }) => [
      judged(`condition to cordon, p50, ${renewalsPerSecond} lease renewals a second`, 'ms', [p50, 50]),
      judged(`condition to cordon, p99, ${renewalsPerSecond} lease renewals a second`, 'ms', [p99, 250]),
      judged(`writes one after the other until the cordon, at most, ${renewalsPerSecond} lease renewals a second`, '', [
        writesMax,
        6,
      ]),
    ]),
    judged(`${seen.cordons.done} of ${seen.cordons.wanted} cordons, limits lifted`, 's', [
      inSeconds(seen.cordons.tookMs),
      6,
    ]),
    judged(`${seen.evictions.done} of ${seen.evictions.wanted} evictions`, 's', [
      inSeconds(seen.evictions.tookMs),
      120,
    ]),
  ]
}

const ownLease: ReadonlySet<string> = new Set(['GET leases', 'PUT leases', 'PATCH leases'])

function realTargets(seen: RealReport): readonly Judged[] {
  return [
    judged(`real API server, ${seen.nodes} nodes: condition to cordon, p50`, 'ms', [seen.latencies.p50, 50]),
    judged(`real API server, ${seen.nodes} nodes: condition to cordon, p99`, 'ms', [seen.latencies.p99, 250]),
    judged(`real API server: ${seen.cordons.done} of ${seen.cordons.wanted} cordons`, 's', [
      inSeconds(seen.cordons.tookMs),
      6,
    ]),
    judged('real API server: process start to leading', 's', [inSeconds(seen.leadingMs), 2]),
  ]
}

/** What a sick node costs more in the largest storm than in the smallest: nothing, if writes are linear. */
function linear(storms: readonly StormReport[]): Judged {
  const perNode = storms.map(({ sick, rising, falling }) => (rising + falling) / sick)
  const growth = (perNode.at(-1) ?? Number.POSITIVE_INFINITY) / (perNode[0] ?? 1)
  const sizes = storms.map(({ sick }) => sick).join(', ')
  return judged(`writes a sick node in storms of ${sizes}: the last against the first`, '', [growth, 1.2])
}
