import { expect, test } from 'vitest'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { mono } from '../../kernel/time.ts'
import { decide } from './decide.ts'
import { after, nodeWith } from './evidence.fixture.ts'
import { looks } from './looks.fixture.ts'
import { at, hungNode, observation, runOf, storedBy } from './observation.fixture.ts'

const episodeOf = (health: NodeHealth | undefined) => health?.status.diagnosis?.episode

test('an episode lasts through doubt and restarts, and ends with the trouble', () => {
  const seen = { node: hungNode() }
  const first = episodeOf(looks(seen).health)
  expect(first).toMatch(/^[a-z0-9]{10}$/)
  expect(episodeOf(looks(seen, { ...seen, memory: undefined, now: after(60), mono: mono(5) }).health)).toBe(first)
  const doubt = nodeWith([{ type: 'KernelDeadlock', status: 'Unknown' }])
  expect(episodeOf(looks(seen, { node: doubt, ...at(5) }, { ...seen, ...at(9) }).health)).toBe(first)
  expect(episodeOf(looks(seen, { node: nodeWith(), ...at(5) }, { ...seen, ...at(9) }).health)).not.toBe(first)
})

test('two replicas agree on the episode that is stored', () => {
  const seen = { node: hungNode() }
  const follower = decide(observation({ ...seen, ...at(1) }))
  const { health } = looks(seen)
  const next = decide(observation({ ...seen, memory: follower.memory, stored: health, ...at(2) }))
  expect(episodeOf(storedBy(next.command, health))).toBe(episodeOf(health))
})

test('a run that is over while the trouble stands begins another episode; a rehearsal does not', () => {
  const seen = { node: hungNode() }
  const first = episodeOf(looks(seen).health)
  const cause = { episode: first }
  const over = runOf('Done', {}, { cause, completed: 50 })
  const next = looks(seen, { ...seen, runs: [over], ...at(60) })
  expect(episodeOf(next.health)).not.toBe(first)
  expect(
    episodeOf(looks(seen, { ...seen, runs: [over], ...at(60) }, { ...seen, runs: [over], ...at(90) }).health),
  ).toBe(episodeOf(next.health))
  expect(episodeOf(looks(seen, { ...seen, runs: [runOf('Verifying', {}, { cause })], ...at(60) }).health)).toBe(first)
  expect(
    episodeOf(looks(seen, { ...seen, runs: [runOf('Done', { dryRun: true }, { cause })], ...at(60) }).health),
  ).toBe(first)
})
