import type { Client } from './client.ts'

/** One API server that the suite is held against. */
export interface Target {
  readonly name: 'real' | 'embedded'
  readonly client: Client
  /** Forgets all history before now, as etcd's compaction does: older resourceVersions and continue tokens expire. */
  readonly compact: () => Promise<void>
  /** Sends bookmarks to the watches that allow them, as the real server does by itself before a watch ends. */
  readonly bookmark: () => Promise<void>
  /** A kubeconfig for kubectl, as text. */
  readonly kubeconfig: string
  readonly close: () => Promise<void>
}
