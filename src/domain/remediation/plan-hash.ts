import type { RunSpec } from '../../api/v1alpha1/node-remediation.ts'
import { stableStringify } from '../../kernel/json.ts'
import { sha256 } from '../../kernel/sha256.ts'

/** What people say yes to: this node, these treatments, this evidence. Whatever changes any of them voids the yes. */
export const planHash = ({ node, treatments, cause }: RunSpec): string =>
  sha256(stableStringify({ node, treatments, cause })).slice(0, 16)
