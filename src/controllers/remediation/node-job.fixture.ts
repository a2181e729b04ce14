import type { NodeJobOrder } from '../../domain/remediation/decision.ts'

/** The ordinary case: a kubelet is to be restarted. */
export const nodeJobOrder = (unusual: Partial<NodeJobOrder> = {}): NodeJobOrder => ({
  name: 'restart-service-1',
  nodeName: 'node-1',
  task: { kind: 'restartService', service: 'kubelet' },
  expectedBootID: 'b00f',
  notAfter: '2027-01-15T08:00:00.000Z',
  limitSeconds: 360,
  runName: 'nr-1',
  order: '0/0',
  ...unusual,
})
