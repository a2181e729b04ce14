import { nodeClaimKind } from '../../api/core/kinds.ts'
import { nodeKind, readyStatus } from '../../api/core/node.ts'
import { successorsAmong } from '../../domain/remediation/replace.ts'
import type { Step } from '../../domain/remediation/step.ts'
import type { ClaimsSeen } from '../../domain/surroundings/provider-ready.ts'
import type { Instant } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { RefusedError } from '../../ports/errors.ts'

/** All NodeClaims, and of their nodes those that may stand for the one that went: a large fleet is not read one by one. */
export async function readClaims(reader: ClusterReader, step: Step, createdAt: Instant): Promise<ClaimsSeen> {
  try {
    const claims = await reader.list(nodeClaimKind)
    const nodes = await Promise.all(
      successorsAmong(claims, step, createdAt)
        .filter(({ nodeName }) => nodeName !== '')
        .map(({ nodeName }) => reader.get(nodeKind, { name: nodeName })),
    )
    const ready = nodes.flatMap((node) =>
      node !== undefined && readyStatus(node) === 'True' ? [node.metadata.name] : [],
    )
    return { kind: 'Known', claims, readyNodes: ready.toSorted() }
  } catch (error) {
    if (error instanceof RefusedError)
      return { kind: 'Unavailable', message: `NodeClaims cannot be read: ${error.message}` }
    throw error
  }
}
