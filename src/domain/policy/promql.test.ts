import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { parsePromql } from './promql.ts'

test.each([
  ['up', undefined, 0],
  ['rate(node_disk_io_time_seconds_total{device="sda"}[5m])', undefined, 300],
  ['max_over_time(rate(a[5m])[1h30m:1m])', undefined, 5_700],
  ['rate(a[5m] offset 1h)', undefined, 3_900],
  ['rate(a[5m] offset -1h)', undefined, 300],
  ['instance:node_cpu:rate5m', undefined, 300],
  ['node:cpu_utilisation:ratio', undefined, 0],
  ['sum by (node) (a) / sum by (node) (b)', undefined, 0],
  ['label_replace(a, "node", "$1", "instance", "(.*):.*")', undefined, 0],
])('%s is read', (source, comparison, lookbackSeconds) => {
  expect(parsePromql(source)).toEqual({ ok: true, value: { expr: source, comparison, lookbackSeconds } })
})

test.each([
  ['a / b < 0.10', { expr: 'a / b', comparison: { operator: '<', limit: 0.1 } }],
  ['(rate(a[5m]) >= 1e3)', { expr: 'rate(a[5m])', comparison: { operator: '>=', limit: 1_000 } }],
  ['a > -5', { expr: 'a', comparison: { operator: '>', limit: -5 } }],
  ['# full\na <= 1 # very', { expr: 'a', comparison: { operator: '<=', limit: 1 } }],
])('%s is a threshold', (source, value) => {
  expect(parsePromql(source)).toMatchObject({ ok: true, value })
})

test.each(['a > bool 1', 'a > b', 'a > 1 and b', 'a == 1', 'a > on (node) b', '1 < a', 'a > scalar(b)'])(
  '%s stays as it is',
  (source) => {
    expect(parsePromql(source)).toMatchObject({ ok: true, value: { expr: source, comparison: undefined } })
  },
)

test.each([
  ['', 'ends too early at line 1, column 1'],
  ['# nothing', 'ends too early'],
  ['a +', '`a +` is no PromQL: ends too early at line 1, column 4'],
  ['sum(\n  a b\n)', "is no PromQL: 'b' at line 2, column 5"],
  ['foo(a)', "is no PromQL: '(' at line 1, column 4"],
  ['1 + 2', '`1 + 2` yields a scalar, and one series per node is needed: an instant vector'],
  ['time()', 'yields a scalar'],
  ['"text"', 'yields a string'],
  ['a[5m]', 'yields a range vector'],
  ['a[5m] offset 1h', 'yields a range vector'],
  ['rate(a)', 'rate() without a range such as [5m] at line 1, column 1'],
  ['sum(a[5m])', 'sum() of a range vector'],
  ['a + b[5m]', 'a range stands after something that is no selector'],
  ['a + "b"', 'an operator beside a string'],
  ['a > 1 or "x"', 'an operator beside a string'],
  // Nobody mends so long a text in his head either.
  [`{${':'.repeat(600)}`, '…` is no PromQL'],
])('%j is refused', (source, message) => {
  const outcome = parsePromql(source)
  expect(outcome.ok ? outcome.value : outcome.issues[0]?.message).toContain(message)
})

test('whatever is typed, the answer comes quickly', () => {
  const piece = constantFrom('rate', '(', ')', '[5m]', 'up', '{', '}', 'a="b"', '+', '> 1', 'by', '"', ' ', '[', '1')
  assert(
    property(
      oneof(
        string({ maxLength: 200 }),
        array(piece).map((parts) => parts.join('')),
      ),
      (source) => {
        const outcome = parsePromql(source)
        expect(outcome.ok || outcome.issues.length > 0).toBe(true)
      },
    ),
  )
})
