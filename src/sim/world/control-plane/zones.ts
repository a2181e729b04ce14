/** How sick a zone is, as the node lifecycle controller sees it. */
export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption'

export interface ZoneCount {
  readonly ready: number
  readonly notReady: number
}

/** Above this share of a zone, and more than two nodes, the cause is more likely the zone than its nodes. */
const unhealthyZoneThreshold = 0.55

export function zoneState({ ready, notReady }: ZoneCount): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption'
  const isPartial = notReady > 2 && notReady / (ready + notReady) >= unhealthyZoneThreshold
  return isPartial ? 'PartialDisruption' : 'Normal'
}

/** In clusters up to this size a partly disrupted zone stops evictions altogether. */
const smallClusterMax = 50

/** Whether nodes of the zone may be emptied. When every zone is down, the one who looks is the one who is cut off. */
export function mayEvict(zone: string, zones: ReadonlyMap<string, ZoneCount>): boolean {
  const counts = [...zones.values()].filter(({ ready, notReady }) => ready + notReady > 0)
  if (counts.every((count) => zoneState(count) === 'FullDisruption')) return false
  const count = zones.get(zone)
  const isSmall = counts.reduce((sum, { ready, notReady }) => sum + ready + notReady, 0) <= smallClusterMax
  return count === undefined || !(isSmall && zoneState(count) === 'PartialDisruption')
}
