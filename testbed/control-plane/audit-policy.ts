import type { JsonObject } from '../../src/kernel/json.ts'
import { identities } from './identities.ts'

/** Everything the operator asks for, reads and its lease included; of all others what they write. */
export const auditPolicy: JsonObject = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Metadata', users: [identities.operator.user], verbs: ['get', 'list', 'watch'] },
    { level: 'Request', users: [identities.operator.user] },
    { level: 'None', verbs: ['get', 'list', 'watch'] },
    { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
    { level: 'Request' },
  ],
}
