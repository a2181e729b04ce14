import { nodeKind } from '../api/core/node.ts'
import { type NodeRemediation, runKind, type StepRecord } from '../api/v1alpha1/node-remediation.ts'
import { isObject, type JsonObject } from '../kernel/json.ts'
import type { Cluster, ListQuery, ObjectRef, Patch } from '../ports/cluster.ts'
import { ConflictError } from '../ports/errors.ts'

const at = '2026-11-21T09:55:00Z'

interface UnusualRun {
  readonly name?: string
  readonly node?: string
  readonly step?: Partial<StepRecord>
  readonly spec?: JsonObject
  readonly status?: JsonObject
  readonly created?: string
}

/** As the API server stores it: Draining on `ip-1` unless said otherwise. */
export const storedRun = ({
  name = 'nr-1',
  node = 'ip-1',
  step,
  spec,
  status,
  created = at,
}: UnusualRun = {}): JsonObject => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: created },
  spec: {
    node: { name: node, uid: `uid-${node}` },
    policyName: 'general',
    cause: {
      diagnosis: 'kernel-hang',
      class: 'Fault',
      episode: 'e',
      when: 'kernelDeadlock',
      message: 'kernelDeadlock is True',
      detectedTime: at,
    },
    treatments: [
      { name: 'reboot', reboot: {} },
      { name: 'power-cycle', powerCycle: {} },
    ],
    ...spec,
  },
  status: { step: { name: 'Draining', since: at, rung: 0, attempted: true, ...step }, ...status },
})

/** Runs and nodes in memory. `rivals` writes come between a read and the write that rests on it. */
export class FakeRuns {
  readonly runs = new Map<string, JsonObject>()
  readonly nodes: readonly string[]
  rivals = 0

  constructor(runs: readonly JsonObject[], nodes: readonly string[] = ['ip-1', 'ip-2']) {
    for (const run of runs) this.runs.set(runKind.project(run).metadata.name, run)
    this.nodes = nodes
  }

  run(name: string): NodeRemediation | undefined {
    const raw = this.runs.get(name)
    return raw && runKind.project(raw)
  }

  get cluster(): Cluster {
    const node = (name: string) => nodeKind.project({ metadata: { name, uid: `uid-${name}` } })
    return {
      get: async ({ plural }: { readonly plural: string }, { name }: ObjectRef) => {
        if (plural === 'noderemediations') return this.run(name)
        return plural === 'nodes' && this.nodes.includes(name) ? node(name) : undefined
      },
      list: async ({ plural }: { readonly plural: string }, query: ListQuery = {}) => {
        if (plural === 'nodes') return this.nodes.map(node)
        if (plural !== 'noderemediations') return []
        const wanted = query.fieldSelector?.replace('spec.node.name=', '')
        const runs = [...this.runs.values()].map(runKind.project)
        return runs.filter(({ spec }) => wanted === undefined || spec?.node.name === wanted)
      },
      patch: async (_: unknown, { name }: ObjectRef, patch: Patch) => {
        const stored = this.runs.get(name)
        if (stored === undefined || patch.type !== 'Merge') throw new Error('only runs that are there are patched')
        if (this.rivals > 0) {
          this.rivals -= 1
          throw new ConflictError(`patching noderemediations ${name}: somebody wrote first`)
        }
        const [spec, wished] = [stored['spec'], patch.body['spec']]
        if (isObject(spec) && isObject(wished)) this.runs.set(name, { ...stored, spec: { ...spec, ...wished } })
        return this.run(name)
      },
    } as unknown as Cluster
  }
}
