import type { PolicySurroundings, Surroundings } from './surroundings.ts'

const share = { selected: 10, healthy: 10, faults: 1, loads: 0 }

export const aroundPolicy = (unusual: Partial<PolicySurroundings> = {}): PolicySurroundings => ({
  figures: { kind: 'Known', policy: share, cluster: share },
  promised: 0,
  upgrade: { versions: [{ version: 'v1.36.4', nodes: 10 }], moving: undefined },
  spare: undefined,
  ...unusual,
})

/** As the fixtures of others name them. */
const policyNames = ['general-nodes', 'low', 'high', 'watching', 'alpha', 'beta', 'rival', 'general']

/** The ordinary case: nobody else acts, there is room, nothing blocks, the BMC answers. */
export const surroundings = (unusual: Partial<Surroundings> = {}): Surroundings => ({
  actors: { claims: [], healthChecks: [], machines: [], works: [], leases: [], kuredLocks: [], unread: [] },
  vital: { staticPods: [], controlPlane: { nodes: 3, ready: 3 }, ours: [] },
  room: {
    kind: 'Known',
    placement: { placed: 4, unplaced: [], headroomMilliCpu: 12_000 },
    growingPool: undefined,
  },
  drain: { pods: 4, blocked: [], unmanaged: [], vetoed: [], localData: [], unreadable: undefined },
  power: { kind: 'Known', power: 'On', systemUUID: 'uuid-1', mapping: 'mapping-1' },
  claims: { kind: 'NotAsked' },
  byPolicy: Object.fromEntries(policyNames.map((name) => [name, aroundPolicy()])),
  ...unusual,
})
