import { expect, test } from 'vitest'
import { countsIn } from './webhooks.ts'

test('counters are read by their names and labels', () => {
  const metrics = `# TYPE prunella_webhooks_truncated_total counter
prunella_webhooks_truncated_total 7
prunella_alerts_received_total{result="firing"} 3
prunella_alerts_received_total{result="repeated"} 5
`
  expect(countsIn(metrics)).toEqual({ truncated: 7, repeated: 5 })
  expect(countsIn('')).toEqual({ truncated: 0, repeated: 0 })
})
