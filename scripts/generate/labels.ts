import type { JsonObject } from '../../src/kernel/json.ts'

/** On everything that we install. */
export const labels = (component: string): JsonObject => ({
  'app.kubernetes.io/name': 'prunella',
  'app.kubernetes.io/instance': 'prunella',
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/part-of': 'prunella',
})
