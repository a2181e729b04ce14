import { identities } from '../control-plane/identities.ts'
import type { AuditEntry } from './audit.ts'

/** A granted patch of a node by the operator; a test states what is not ordinary. */
export const auditEntry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  at: 0,
  ended: change.at ?? 0,
  user: identities.operator.user,
  account: 'testbed-operator',
  verb: 'patch',
  resource: 'nodes',
  subresource: '',
  namespace: '',
  name: 'machine-1',
  code: 200,
  uri: '',
  request: {},
  ...change,
})
