import { expect, test } from 'vitest'
import { httpDate, instant, mono, parseTime } from '../kernel/time.ts'
import { ClusterClock, serverTimeOf } from './cluster-clock.ts'
import { FakeClock } from './fake-clock.fixture.ts'

const hour = 3_600_000
const noon = Date.parse('2026-11-21T12:00:00Z')

test('two replicas whose walls differ by an hour tell the same time', async () => {
  const [right, wrong] = [heard(new FakeClock({ wallMs: noon })), heard(new FakeClock({ wallMs: noon + hour }))]
  expect(Math.abs(right.clock.now() - wrong.clock.now())).toBeLessThan(1_000)
  expect(Math.abs(wrong.clock.now() - noon)).toBeLessThan(1_000)
})

test('before the first answer nothing is known', () => {
  expect(new ClusterClock(new FakeClock()).isKnown).toBe(false)
})

test('time goes on between answers, by the monotonic clock and whatever the wall is set to', async () => {
  const { clock, local } = heard(new FakeClock({ wallMs: noon }))
  const before = clock.now()
  local.jump(hour)
  await local.advance(30_000)
  expect(clock.now() - before).toBe(30_000)
})

test('an answer that was long under way moves nothing', () => {
  const { clock, local, moves } = heard(new FakeClock({ wallMs: noon }))
  const before = clock.now()
  const at = local.mono()
  clock.note({ askedAt: mono(at - 6_000), answeredAt: at, serverTime: instant(noon - 6_000) })
  expect(clock.now()).toBe(before)
  expect(moves).toEqual([])
})

test('many answers bring it within the half second of a single one', () => {
  const { clock, local } = heard(new FakeClock({ wallMs: noon }))
  for (let ms = 0; ms < 3_000; ms += 170) {
    local.freeze(170)
    hear(clock, local, instant(noon + 170 + ms))
  }
  expect(Math.abs(clock.now() - (noon + 18 * 170))).toBeLessThan(200)
})

test.each([hour, -hour])('a clock of the cluster that is set by %i ms is followed, and said', (byMs) => {
  const { clock, local, moves } = heard(new FakeClock({ wallMs: noon }))
  hear(clock, local, instant(noon + byMs))
  expect(Math.abs(clock.now() - (noon + byMs))).toBeLessThan(1_001)
  expect(moves).toHaveLength(1)
  expect(Math.abs((moves[0] ?? 0) - byMs)).toBeLessThan(1_001)
})

test('a step forward makes nothing pass: stored moments are asked by the time before it, for a day', async () => {
  const { clock, local } = heard(new FakeClock({ wallMs: noon }))
  hear(clock, local, instant(noon + hour))
  expect(clock.now() - clock.nowAtLeast()).toBeGreaterThan(hour - 1_001)
  await local.advance(24 * hour)
  expect(clock.now()).toBe(clock.nowAtLeast())
})

test('a step forward that is taken back leaves nothing behind', () => {
  const { clock, local } = heard(new FakeClock({ wallMs: noon }))
  hear(clock, local, instant(noon + hour))
  hear(clock, local, instant(noon))
  expect(clock.now() - clock.nowAtLeast()).toBeLessThan(1_001)
})

test('two API servers behind one address that disagree: the earlier one is asked, however often they take turns', () => {
  const { clock, local } = heard(new FakeClock({ wallMs: noon }))
  for (let turn = 0; turn < 50; turn += 1) {
    hear(clock, local, instant(noon + hour))
    hear(clock, local, instant(noon))
  }
  hear(clock, local, instant(noon + hour))
  expect(clock.now() - clock.nowAtLeast()).toBeGreaterThan(hour - 1_001)
})

test('the time is read from the header, and not believed of whoever answers for a server that is down', () => {
  const headers = { date: httpDate(instant(noon)) }
  const status = { kind: 'Status' }
  expect(serverTimeOf({ status: 200, headers, body: undefined })).toBe(noon)
  expect(serverTimeOf({ status: 404, headers, body: status })).toBe(noon)
  expect(serverTimeOf({ status: 404, headers, body: undefined })).toBeUndefined()
  expect(serverTimeOf({ status: 503, headers, body: status })).toBeUndefined()
  expect(serverTimeOf({ status: 200, headers: {}, body: undefined })).toBeUndefined()
})

function heard(local: FakeClock) {
  const moves: number[] = []
  const clock = new ClusterClock(local, (byMs) => moves.push(byMs))
  hear(clock, local, instant(noon))
  return { clock, local, moves }
}

/** The true time, as the header tells it, with no time on the way. */
function hear(clock: ClusterClock, local: FakeClock, truth: ReturnType<typeof instant>): void {
  const serverTime = parseTime(httpDate(truth)) ?? instant(0)
  clock.note({ askedAt: local.mono(), answeredAt: local.mono(), serverTime })
}
