export interface Sizes {
  readonly nodes: number
  readonly pods: number
  /** Nodes that fall sick one after the other, at each rate of lease renewals. */
  readonly latencies: number
  readonly renewalsPerSecond: readonly number[]
  readonly updates: { readonly perSecond: number; readonly ms: number }
  readonly cordons: number
  readonly evictedNodes: number
  readonly idleMs: number
  readonly storms: readonly number[]
  readonly stormNodes: number
  readonly real: { readonly nodes: number; readonly latencies: number; readonly cordons: number }
}

export const ordinary: Sizes = {
  nodes: 5_000,
  pods: 150_000,
  latencies: 100,
  renewalsPerSecond: [100, 500],
  updates: { perSecond: 1_000, ms: 20_000 },
  cordons: 750,
  evictedNodes: 334,
  idleMs: 60_000,
  storms: [100, 200, 300],
  stormNodes: 1_000,
  real: { nodes: 1_000, latencies: 60, cordons: 200 },
}

/** To see that the bench itself works. */
export const small: Sizes = {
  nodes: 300,
  pods: 6_000,
  latencies: 10,
  renewalsPerSecond: [10, 50],
  updates: { perSecond: 100, ms: 5_000 },
  cordons: 60,
  evictedNodes: 20,
  idleMs: 10_000,
  storms: [10, 20, 30],
  stormNodes: 100,
  real: { nodes: 60, latencies: 10, cordons: 20 },
}
