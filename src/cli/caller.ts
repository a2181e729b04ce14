import { selfReviewKind } from '../api/core/self-review.ts'
import type { ClusterWriter } from '../ports/cluster.ts'
import { RefusedError } from '../ports/errors.ts'
import type { CliContext } from './context.ts'

/** Who calls, as the API server knows them: only under that name may an object name its author. */
export async function callerOf(
  cluster: Pick<ClusterWriter, 'create'>,
  { user }: Pick<CliContext, 'user'>,
): Promise<string> {
  try {
    const { username } = await cluster.create(selfReviewKind, { metadata: {} })
    return username === '' ? user : username
  } catch (error) {
    // Before Kubernetes 1.28 nobody can ask.
    if (error instanceof RefusedError) return user
    throw error
  }
}
