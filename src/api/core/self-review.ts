import { textAt } from '../../kernel/json.ts'
import { readOnce } from '../../kernel/read-once.ts'
import { type Kind, type KubeObject, projectMeta } from '../kind.ts'

/** Whom the API server takes the caller for: created, answered, and never stored. */
export interface SelfReview extends KubeObject {
  readonly username: string
}

export const selfReviewKind: Kind<SelfReview> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
  project: readOnce((raw) => ({
    metadata: projectMeta(raw),
    username: textAt(raw, 'status', 'userInfo', 'username') ?? '',
  })),
}
