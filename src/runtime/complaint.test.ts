import { expect, test } from 'vitest'
import { Complaint, causeText } from './complaint.ts'
import { FakeLog } from './fake-log.fixture.ts'

test('one cause is said once, another one again, and the end too', () => {
  const log = new FakeLog()
  const complaint = new Complaint(log)
  complaint.over('working again')
  complaint.about('waiting', new Error('connection refused'), { controller: 'health' })
  complaint.about('waiting', new Error('connection refused'))
  complaint.about('waiting', new Error('no answer'))
  complaint.over('working again')
  complaint.over('working again')
  expect(log.lines.map(({ level, text }) => `${level} ${text}`)).toEqual([
    'warn waiting',
    'warn waiting',
    'info working again',
  ])
  expect(log.lines[0]?.fields).toEqual({ controller: 'health', cause: 'connection refused' })
})

test('causes are told from the outside in, and none of them twice', () => {
  const socket = new Error('connect ECONNREFUSED')
  expect(causeText(new Error('cordoning node-1', { cause: socket }))).toBe('cordoning node-1: connect ECONNREFUSED')
  expect(causeText(new Error('GET /x: connect ECONNREFUSED', { cause: socket }))).toBe('GET /x: connect ECONNREFUSED')
  expect(causeText('no error')).toBe('no error')
})
