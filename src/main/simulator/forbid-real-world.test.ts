import { afterEach, expect, test, vi } from 'vitest'
import { lookAt, windowProblem } from '../../domain/policy/windows.ts'
import { instant, parseTime } from '../../kernel/time.ts'
import { dateWithoutNow } from './forbid-real-world.ts'

const Told = dateWithoutNow((what) => () => {
  throw new Error(`${what} was used in the simulation`)
})

afterEach(() => void vi.unstubAllGlobals())

test('a moment that is given is a moment', () => {
  expect(new Told(0).toISOString()).toBe('1970-01-01T00:00:00.000Z')
  expect(new Told('2026-01-01T00:00:00Z').getTime()).toBe(Date.UTC(2026, 0, 1))
  expect(() => Told.now()).toThrow('Date.now was used in the simulation')
})

test('the moment of now is none, for whoever asks', () => {
  expect(() => new Told()).toThrow('new Date() was used in the simulation')
  expect(() => [0].map(() => new Told())).toThrow('new Date() was used in the simulation')
})

test('croner makes one beside the moment that it is given, and decides nothing by it', () => {
  vi.stubGlobal('Date', Told)
  const window = { schedule: '0 2 * * *', timeZone: 'Europe/Berlin', durationSeconds: 3_600 }
  expect(windowProblem(window)).toBeUndefined()
  const at = parseTime('2026-06-01T00:30:00Z')
  expect(lookAt(window, at ?? instant(0))).toEqual({
    window,
    openSince: parseTime('2026-06-01T00:00:00Z'),
    opensNext: parseTime('2026-06-02T00:00:00Z'),
  })
  expect(windowProblem({ ...window, schedule: '0 2 31 2 *' })?.message).toContain('names no day that ever comes')
})
