import { expect, test } from 'vitest'
import { parseAlerts } from './parse-alerts.ts'

test('an entry without a name is left out, and spoils no other', () => {
  const entries = [7, null, {}, { labels: { node: 'node-1' } }, { labels: { alertname: 'Hot', priority: 7 } }]
  expect(parseAlerts(entries).map(({ labels }) => labels)).toEqual([{ alertname: 'Hot' }])
})

test('an alert with unreadable times and an unknown state fires all the same, and is the same at every poll', () => {
  const odd = { labels: { alertname: 'Hot' }, startsAt: 'soon', status: { state: 'new' } }
  expect(parseAlerts([odd])).toEqual([
    { labels: odd.labels, startsAt: 0, updatedAt: 0, state: 'unprocessed', fingerprint: '{"alertname":"Hot"}' },
  ])
})

test('a start that is missing is no later than the last word', () => {
  const [alert] = parseAlerts([{ labels: { alertname: 'Hot' }, updatedAt: '2026-01-01T00:00:00+01:00' }])
  expect(alert?.startsAt).toBe(Date.parse('2025-12-31T23:00:00Z'))
})
