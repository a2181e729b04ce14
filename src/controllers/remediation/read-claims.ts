import { type NodeClaim, nodeClaimKind } from '../../api/core/kinds.ts'
import { nodeKind, readyStatus } from '../../api/core/node.ts'
import { successorsAmong } from '../../domain/remediation/replace.ts'
import type { Step } from '../../domain/remediation/step.ts'
import type { ClaimsSeen } from '../../domain/surroundings/provider-ready.ts'
import type { Instant } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { RefusedError } from '../../ports/errors.ts'
import { together } from '../together.ts'

interface ClaimsAsked {
  readonly step: Step
  readonly createdAt: Instant
  /** Which claims a cache has for the node. */
  readonly cached: readonly NodeClaim[]
}

/** Its own NodeClaim by name; those of its pool while one of them is awaited. A large fleet is not read for one node. */
export async function readClaims(reader: ClusterReader, asked: ClaimsAsked): Promise<ClaimsSeen> {
  try {
    const claims = await claimsFor(reader, asked)
    const nodes = await Promise.all(
      successorsAmong(claims, asked.step, asked.createdAt)
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

async function claimsFor(reader: ClusterReader, { step, cached }: ClaimsAsked): Promise<readonly NodeClaim[]> {
  const own = step.name === 'Treating' ? step.claim : undefined
  if (own !== undefined && step.name === 'Treating' && step.stage === 'AwaitingReplacement')
    return await reader.list(nodeClaimKind, { labelSelector: selectorOf(own.pool) })
  const names = new Set([...cached.map(({ metadata }) => metadata.name), ...(own === undefined ? [] : [own.name])])
  // The cache may lag: that no claim stands for a node is believed of a live read only.
  if (names.size === 0) return await reader.list(nodeClaimKind)
  const found = await together([...names].map((name) => reader.get(nodeClaimKind, { name })))
  return found.filter((claim) => claim !== undefined)
}

const selectorOf = (pool: string): string => (pool === '' ? '!karpenter.sh/nodepool' : `karpenter.sh/nodepool=${pool}`)
