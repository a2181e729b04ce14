import type { TransportResponse } from '../../ports/transport.ts'

/** An answer that this server gives by itself, in the form in which Kubernetes fails. */
export const failure = (status: number, reason: string, message: string): TransportResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status },
})
