import type { ObjectMeta } from './kind.ts'

/** What every object has, for tests that care about something else. */
export const meta = (name: string, unusual: Partial<ObjectMeta> = {}): ObjectMeta => ({
  name,
  namespace: '',
  uid: `${name}-uid`,
  resourceVersion: '7',
  generation: 1,
  creationTimestamp: '2027-01-15T08:00:00Z',
  deletionTimestamp: undefined,
  finalizers: [],
  labels: {},
  annotations: {},
  ownerReferences: [],
  ...unusual,
})
