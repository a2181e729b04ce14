import { expect, test } from 'vitest'
import type { AuditEntry } from '../../scenario/audit.ts'
import { auditEntry } from '../../scenario/audit-entry.fixture.ts'
import { relistCheck, watched } from './judge.ts'

const away = { from: 1_000, to: 9_000 }
const anew = (resource: string, at = 8_000): AuditEntry =>
  auditEntry({ resource, at, verb: 'watch', uri: `/api/v1/${resource}?watch=true&sendInitialEvents=true` })
const all = watched.map((resource) => anew(resource))

test('every kind must have been looked at as a whole since the API server was gone', () => {
  expect(relistCheck(all, away).holds).toBe(true)
  expect(relistCheck(all.slice(1), away)).toMatchObject({ holds: false, seen: 'not of nodes' })
})

test.each([
  ['before', anew('nodes', 500)],
  ['in vain', { ...anew('nodes'), code: 403 }],
  ['from where it had stopped', { ...anew('nodes'), uri: '/api/v1/nodes?watch=true&resourceVersion=7' }],
  ['for a part', { ...anew('nodes'), verb: 'list', uri: '/api/v1/nodes?fieldSelector=metadata.name%3Dx' }],
])('a look %s is none', (_what, look) => {
  expect(relistCheck([look, ...all.slice(1)], away).holds).toBe(false)
})
