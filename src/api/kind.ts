import { at, type JsonObject, listAt, numberAt, textAt, textMapAt } from '../kernel/json.ts'

/** What every object has. Only the fields that we use: managedFields and the rest are dropped at the border. */
export interface ObjectMeta {
  readonly name: string
  /** Empty: cluster-scoped. */
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number
  readonly creationTimestamp: string | undefined
  readonly deletionTimestamp: string | undefined
  readonly finalizers: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly ownerReferences: readonly OwnerReference[]
}

interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller: boolean
}

export interface KubeObject {
  readonly metadata: ObjectMeta
}

/** One kind of object: where the API server keeps it, and how its JSON becomes a value of ours. */
export interface Kind<Thing extends KubeObject = KubeObject> {
  /** Empty: the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  /** Names of members, at any depth, whose lists and objects `project` does not read: nobody need parse them. */
  readonly unread?: readonly UnreadMember[]
  /** Whether `project` reads `managedFields`; otherwise nobody need parse them. */
  readonly readsManagers?: boolean
  /** Total: whatever is missing or of the wrong type becomes a default. Only what is read is kept. */
  readonly project: (raw: JsonObject) => Thing
}

/** `unless`: it is read all the same where this text stands in it, byte for byte. */
export type UnreadMember = string | { readonly name: string; readonly unless: string }

export const apiVersionOf = ({ group, version }: Pick<Kind, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`

/** `namespace/name`, or the name alone where there is no namespace: what crosses the work queue. */
export const keyOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  namespace === '' ? name : `${namespace}/${name}`

export const projectMeta = (raw: JsonObject): ObjectMeta => ({
  name: textAt(raw, 'metadata', 'name') ?? '',
  namespace: textAt(raw, 'metadata', 'namespace') ?? '',
  uid: textAt(raw, 'metadata', 'uid') ?? '',
  resourceVersion: textAt(raw, 'metadata', 'resourceVersion') ?? '',
  generation: numberAt(raw, 'metadata', 'generation') ?? 0,
  creationTimestamp: textAt(raw, 'metadata', 'creationTimestamp'),
  deletionTimestamp: textAt(raw, 'metadata', 'deletionTimestamp'),
  finalizers: listAt(raw, 'metadata', 'finalizers').filter((name) => typeof name === 'string'),
  labels: textMapAt(raw, 'metadata', 'labels'),
  annotations: textMapAt(raw, 'metadata', 'annotations'),
  ownerReferences: listAt(raw, 'metadata', 'ownerReferences').map((reference) => ({
    apiVersion: textAt(reference, 'apiVersion') ?? '',
    kind: textAt(reference, 'kind') ?? '',
    name: textAt(reference, 'name') ?? '',
    uid: textAt(reference, 'uid') ?? '',
    controller: at(reference, 'controller') === true,
  })),
})
