import type { JsonObject } from '../kernel/json.ts'
import { apiVersionOf } from './kind.ts'
import { ledgerKind, ledgerName } from './v1alpha1/disruption-ledger.ts'
import { guardKind, guardName } from './v1alpha1/remediation-guard.ts'

/** Installed once, never by the operator: a ledger that came by itself would have forgotten who holds a slot. */
export const emptyLedger: JsonObject = {
  apiVersion: apiVersionOf(ledgerKind),
  kind: ledgerKind.kind,
  metadata: { name: ledgerName },
  spec: {},
}

/** The caps over all policies, at their defaults. */
export const defaultGuard: JsonObject = {
  apiVersion: apiVersionOf(guardKind),
  kind: guardKind.kind,
  metadata: { name: guardName },
  spec: {},
}
