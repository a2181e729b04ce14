import { type JsonObject, listAt, textAt } from '../../kernel/json.ts'
import { readOnce } from '../../kernel/read-once.ts'
import { type Kind, type KubeObject, projectMeta } from '../kind.ts'

/** An object by which another operator says that it works on nodes. */
export interface ForeignWork extends KubeObject {
  /** As people call it. */
  readonly operator: string
  readonly kind: string
  /** The nodes that it names. */
  readonly nodeNames: readonly string[]
  /** How far it is, in its own word; empty: it does not say. */
  readonly phase: string
  readonly isOver: boolean
}

interface Contract {
  readonly operator: string
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly nodeNames: (raw: JsonObject) => readonly string[]
  /** In these phases it does nothing more. */
  readonly lastPhases: readonly string[]
}

const contracts: readonly Contract[] = [
  {
    operator: 'medik8s',
    group: 'nodemaintenance.medik8s.io',
    version: 'v1beta1',
    kind: 'NodeMaintenance',
    plural: 'nodemaintenances',
    namespaced: false,
    nodeNames: (raw) => namesOf([textAt(raw, 'spec', 'nodeName')]),
    // The node is in maintenance for as long as the object exists, whatever became of its drain.
    lastPhases: [],
  },
  {
    operator: 'cyclops',
    group: 'atlassian.com',
    version: 'v1',
    kind: 'CycleNodeStatus',
    plural: 'cyclenodestatuses',
    namespaced: true,
    nodeNames: (raw) => namesOf([textAt(raw, 'spec', 'nodeName')]),
    lastPhases: ['Successful', 'Failed'],
  },
  {
    operator: 'cyclops',
    group: 'atlassian.com',
    version: 'v1',
    kind: 'CycleNodeRequest',
    plural: 'cyclenoderequests',
    namespaced: true,
    nodeNames: (raw) =>
      namesOf([
        ...listAt(raw, 'spec', 'nodeNames'),
        ...listAt(raw, 'status', 'currentNodes').map((node) => textAt(node, 'name')),
        ...listAt(raw, 'status', 'nodesToTerminate').map((node) => textAt(node, 'name')),
      ]),
    lastPhases: ['Successful', 'Failed'],
  },
]

/** A cluster serves some of these, or none. */
export const foreignWorkKinds: readonly Kind<ForeignWork>[] = contracts.map(
  ({ operator, nodeNames, lastPhases, ...resource }) => ({
    ...resource,
    project: readOnce((raw) => {
      const phase = textAt(raw, 'status', 'phase') ?? ''
      return {
        metadata: projectMeta(raw),
        operator,
        kind: resource.kind,
        nodeNames: nodeNames(raw),
        phase,
        isOver: lastPhases.includes(phase),
      }
    }),
  }),
)

const namesOf = (names: readonly unknown[]): readonly string[] => [
  ...new Set(names.filter((name): name is string => typeof name === 'string' && name !== '')),
]
