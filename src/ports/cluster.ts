import type { Kind, KubeObject } from '../api/kind.ts'
import type { Json, JsonObject } from '../kernel/json.ts'

/**
 * Kubernetes as observe and act see it, with the kind as an argument. Every read is live (a quorum read of the API server);
 * caches are informers, in `runtime/`. Rejects with the classes of `errors.ts`.
 */
export interface ClusterReader {
  /** Undefined: not there. */
  readonly get: <Thing extends KubeObject>(kind: Kind<Thing>, ref: ObjectRef) => Promise<Thing | undefined>
  /** Paged inside, so that no answer is unbounded. */
  readonly list: <Thing extends KubeObject>(kind: Kind<Thing>, query?: ListQuery) => Promise<readonly Thing[]>
}

export interface ObjectRef {
  readonly name: string
  /** Left out for cluster-scoped kinds. */
  readonly namespace?: string
}

export interface ListQuery {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface ClusterWriter {
  /** Rejects with AlreadyExistsError: derived names make a retried create collide. Resolves to what was stored. */
  readonly create: <Thing extends KubeObject>(kind: Kind<Thing>, object: NewObject) => Promise<Thing>
  /** Rejects with ConflictError unless the resourceVersion that the patch names is the newest. */
  readonly patch: <Thing extends KubeObject>(kind: Kind<Thing>, ref: ObjectRef, patch: Patch) => Promise<Thing>
  /** Resolves once the delete was accepted, or the object was gone already; rejects with ConflictError on another UID. */
  readonly remove: (kind: Kind, ref: ObjectRef, options: RemoveOptions) => Promise<void>
  readonly evict: (pod: PodRef, options?: EvictOptions) => Promise<EvictionOutcome>
}

export type Cluster = ClusterReader & ClusterWriter

/** `metadata.name` and the body; apiVersion and kind come from the kind. */
export interface NewObject extends JsonObject {
  readonly metadata: JsonObject
}

/**
 * `Merge` carries its precondition as `resourceVersion` (put into the body by the client); `Json` carries it as a `test` of
 * `/metadata/resourceVersion` or of the very field that it replaces.
 */
export type Patch =
  | {
      readonly type: 'Merge'
      readonly resourceVersion: string
      readonly body: JsonObject
      readonly subresource?: 'status'
    }
  | { readonly type: 'Json'; readonly operations: readonly JsonPatchOperation[] }

interface JsonPatchOperation {
  readonly op: 'test' | 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: Json
}

interface RemoveOptions {
  readonly uid: string
  /** Background unless said otherwise. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan'
}

export interface PodRef {
  readonly namespace: string
  readonly name: string
  /** The precondition: a pod recreated under the same name is another pod. */
  readonly uid: string
}

export interface EvictOptions {
  readonly gracePeriodSeconds?: number
}

/** What the API server said of one eviction. Only a pod that is seen gone has been moved. */
export type EvictionOutcome =
  /** Accepted: the pod is going. */
  | { readonly kind: 'Accepted' }
  /** Not there, or another pod under its name. */
  | { readonly kind: 'Gone' }
  /** A PodDisruptionBudget refused. */
  | {
      readonly kind: 'RefusedByBudget'
      readonly message: string
      readonly budget: string | undefined
      readonly retryAfterMs: number
    }
  /** More than one budget matches, a negative budget: no later try will help until people change something. */
  | { readonly kind: 'Blocked'; readonly message: string }
  /** The namespace is going, or gone: nothing can be asked within it, and its pods should be deleted without us. */
  | { readonly kind: 'NamespaceTerminating'; readonly message: string }
