import { type Node, nodeKind } from '../api/core/node.ts'
import type { Kind, KubeObject } from '../api/kind.ts'
import { ledgerKind, ledgerName } from '../api/v1alpha1/disruption-ledger.ts'
import { healthKind } from '../api/v1alpha1/node-health.ts'
import { isOpen, runKind } from '../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../api/v1alpha1/node-remediation-policy.ts'
import { guardKind, guardName } from '../api/v1alpha1/remediation-guard.ts'
import { pauseKind } from '../api/v1alpha1/remediation-pause.ts'
import type { LadderParts } from '../domain/explain/ladder-parts.ts'
import type { Instant } from '../kernel/time.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import { NotFoundError, RefusedError } from '../ports/errors.ts'

type Unreadable = Partial<Record<'health' | 'policies' | 'guard' | 'ledger' | 'pauses' | 'run', string>>

/** A part that the caller may not read is said to be unreadable: it must never look like a pass. */
class Reading {
  readonly unreadable: Unreadable = {}
  readonly #reader: ClusterReader

  constructor(reader: ClusterReader) {
    this.#reader = reader
  }

  async get<Thing extends KubeObject>(
    part: keyof Unreadable,
    kind: Kind<Thing>,
    name: string,
  ): Promise<Thing | undefined> {
    return await this.#tolerated(part, async () => await this.#reader.get(kind, { name }), undefined)
  }

  async list<Thing extends KubeObject>(part: keyof Unreadable, kind: Kind<Thing>): Promise<readonly Thing[]> {
    return await this.#tolerated(part, async () => await this.#reader.list(kind), [])
  }

  async #tolerated<Value>(part: keyof Unreadable, read: () => Promise<Value>, otherwise: Value): Promise<Value> {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      this.unreadable[part] = error.message
      return otherwise
    }
  }
}

/** What `why` joins. Rejects with NotFoundError when there is no such node. */
export async function readLadderParts(reader: ClusterReader, nodeName: string, now: Instant): Promise<LadderParts> {
  const node = await reader.get(nodeKind, { name: nodeName })
  if (node === undefined) throw new NotFoundError(`nodes "${nodeName}" not found`)
  const reading = new Reading(reader)
  const [policies, pauses, guard, ledger, health, runs] = await Promise.all([
    reading.list('policies', policyKind),
    reading.list('pauses', pauseKind),
    reading.get('guard', guardKind, guardName),
    reading.get('ledger', ledgerKind, ledgerName),
    reading.get('health', healthKind, nodeName),
    reading.list('run', runKind),
  ])
  const run = runs.find((one) => isOpen(one) && one.spec?.dryRun !== true && isOf(one.spec?.node.uid, node))
  return { node, policies, pauses, guard, ledger, health, run, now, unreadable: reading.unreadable }
}

const isOf = (uid: string | undefined, node: Node): boolean => uid === node.metadata.uid
