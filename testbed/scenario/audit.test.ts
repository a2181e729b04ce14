import { expect, test } from 'vitest'
import { type AuditEntry, cordonWrittenBy, parseAudit } from './audit.ts'
import { auditEntry } from './audit-entry.fixture.ts'

const line = JSON.stringify({
  stage: 'ResponseComplete',
  requestReceivedTimestamp: '2026-11-21T08:49:50.500000Z',
  user: { username: 'system:serviceaccount:prunella-system:prunella' },
  verb: 'patch',
  objectRef: { resource: 'nodes', name: 'machine-1' },
  responseStatus: { code: 200 },
  requestObject: { spec: { unschedulable: true } },
})

test('a finished request is read, what is not finished or cut short is left out', () => {
  const started = line.replace('ResponseComplete', 'ResponseStarted')
  const entries = parseAudit(`${line}\n${started}\n${line.slice(0, 40)}`)
  expect(entries).toHaveLength(1)
  expect(entries[0]).toMatchObject({
    at: Date.UTC(2026, 10, 21, 8, 49, 50, 500),
    user: 'system:serviceaccount:prunella-system:prunella',
    verb: 'patch',
    resource: 'nodes',
    subresource: '',
    name: 'machine-1',
    code: 200,
  })
})

test('a watch counts when it begins, and only then', () => {
  const watch = line.replace('"patch"', '"watch"')
  const started = watch.replace('ResponseComplete', 'ResponseStarted')
  expect(parseAudit(`${started}\n${watch}`)).toHaveLength(1)
})

const entry = (request: unknown, change: Partial<AuditEntry> = {}): AuditEntry => auditEntry({ request, ...change })

test.each([
  [{ spec: { unschedulable: true } }, true],
  [{ spec: { unschedulable: null } }, false],
  [{ spec: { unschedulable: false } }, false],
  [{ metadata: { annotations: { a: 'b' } } }, undefined],
  [{ spec: { taints: [] } }, undefined],
  [[{ op: 'test', path: '/spec/unschedulable', value: true }], undefined],
  [[{ op: 'add', path: '/spec/unschedulable', value: true }], true],
  [[{ op: 'remove', path: '/spec/unschedulable' }], false],
])('%j cordons: %s', (request, cordons) => {
  expect(cordonWrittenBy(entry(request))).toBe(cordons)
})

test('a write of the status is no cordon', () => {
  expect(cordonWrittenBy(entry({ spec: { unschedulable: true } }, { subresource: 'status' }))).toBe(undefined)
})
