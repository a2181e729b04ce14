import { describe, expect, test } from 'vitest'
import { treatmentSchema } from '../../api/v1alpha1/treatment.ts'
import { type PowerSeen, providerReady } from './provider-ready.ts'

const powerCycle = treatmentSchema.parse({ name: 'power-cycle', powerCycle: {} })
const systemUUID = '5f6a0000-0000-0000-0000-000000000001'

const judged = (
  power: PowerSeen,
  unusual: { readonly systemUUID?: string | undefined; readonly acts?: boolean } = {},
) => {
  const { acts = true, ...node } = { systemUUID, ...unusual }
  return providerReady(
    { node: { name: 'node-1', ...node }, power, claims: { kind: 'NotAsked' }, load: { kind: 'NotAsked' }, acts },
    powerCycle,
  )
}
const known = (claimed: string): PowerSeen => ({
  kind: 'Known',
  power: 'On',
  systemUUID: claimed,
  mapping: 'mapping-1',
})

test('the BMC that claims the system UUID of the node is the one of this node', () => {
  expect(judged(known(systemUUID))).toMatchObject({ result: 'Pass', reason: 'ProviderReady' })
})

describe('a BMC whose machine is not proven to be this node holds', () => {
  test.each([
    ['it claims another', known('5f6a0000-0000-0000-0000-000000000002'), {}],
    ['it claims none', known(''), {}],
    ['the node tells none', known(systemUUID), { systemUUID: undefined }],
    ['neither tells any', known(''), { systemUUID: '' }],
  ])('%s', (_, power, unusual) => {
    expect(judged(power, unusual)).toMatchObject({ result: 'Hold', reason: 'HostMismatch' })
  })
})

test.each([
  ['Unavailable', 'Unknown', 'ProviderUnavailable'],
  ['Refused', 'Unknown', 'ProviderRefused'],
  ['Unmapped', 'Hold', 'TreatmentUnsupported'],
  ['Forbidden', 'Hold', 'TreatmentUnsupported'],
] as const)('a BMC that is %s is %s: %s, in its own words', (kind, result, reason) => {
  expect(judged({ kind, message: 'why' })).toMatchObject({ result, reason, message: 'why' })
})

test('a service that is not on the list is restarted for nobody, whoever wrote the run', () => {
  const restart = treatmentSchema.parse({ name: 'restart', restartService: { name: 'sshd' } })
  const view = {
    node: { name: 'node-1' },
    power: { kind: 'NotAsked' },
    claims: { kind: 'NotAsked' },
    load: { kind: 'NotAsked' },
    acts: true,
  } as const
  expect(providerReady({ ...view, services: ['kubelet'] }, restart)).toMatchObject({
    result: 'Hold',
    reason: 'TreatmentUnsupported',
    message: "service 'sshd' may not be restarted; allowed: kubelet",
  })
  expect(providerReady({ ...view, services: ['sshd'] }, restart).result).toBe('Pass')
})

test('where no policy acts nobody may read how a BMC is reached, and a rehearsal does not fail for that', () => {
  expect(judged({ kind: 'Forbidden', message: 'why' }, { acts: false })).toMatchObject({ result: 'Pass' })
})
