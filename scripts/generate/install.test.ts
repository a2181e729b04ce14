import { expect, test } from 'vitest'
import { guardSpecSchema } from '../../src/api/v1alpha1/remediation-guard.ts'
import { isObject, type JsonObject } from '../../src/kernel/json.ts'
import { installObserve } from './install.ts'

const specOf = (kind: string): JsonObject => {
  const spec = installObserve('i').find((manifest) => manifest['kind'] === kind)?.['spec']
  return isObject(spec) ? spec : {}
}

/** kube-apiserver 1.36 refuses the second server-side apply of an empty spec: "spec: Required value". */
test('the guard says every cap in words, at its default, and leaves trips to people', () => {
  const { acknowledgedTrips, ...caps } = guardSpecSchema.parse({})
  expect(specOf('RemediationGuard')).toEqual(caps)
  expect(acknowledgedTrips).toEqual([])
})

test('the ledger is empty: what the operator writes into it is nobody else’s', () => {
  expect(specOf('DisruptionLedger')).toEqual({})
})
