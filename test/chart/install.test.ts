import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, type JsonObject } from '../../src/kernel/json.ts'
import { type Bed, startBed } from '../../testbed/bed.ts'
import { chart, helm, release } from './helm.fixture.ts'

/**
 * A release on a real API server, from its first day to its last: what no rendering shows. The tests follow each other. Other beds
 * count from 0, and those of the contract from 30.
 */
const instance = 10 + (process.pid % 20)
const room = mkdtempSync(join(tmpdir(), 'prunella-chart-bed-'))
let bed: Bed
beforeAll(async () => {
  bed = await startBed({ tier: 'API', instance, run: join(room, 'bed') })
}, 120_000)
afterAll(async () => {
  await bed.down()
  rmSync(room, { recursive: true, force: true })
})

function succeeds(words: readonly string[], values?: JsonObject): void {
  const { code, err } = helm(words, values, bed.adminKubeconfig)
  expect({ code, err }).toEqual({ code: 0, err: '' })
}
/** With these values and no others: Helm would keep those of the last time. */
const upgrade = (values: JsonObject): void => succeeds(['upgrade', ...release, '--reset-values'], values)
const uninstall = ['uninstall', 'prunella', '--namespace', 'prunella-system'] as const

const account = 'system:serviceaccount:prunella-system:prunella'
const mayAct = async (): Promise<boolean> => {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: account, resourceAttributes: { verb: 'patch', resource: 'nodes' } },
  }
  const answer = await bed.kubectl.run(['create', '--filename=-', '--output=json'], { stdin: JSON.stringify(review) })
  return at(JSON.parse(answer), 'status', 'allowed') === true
}
const patch = async (kind: string, spec: JsonObject): Promise<unknown> =>
  await bed.kubectl.run(['patch', kind, 'cluster', '--type=merge', `--patch=${JSON.stringify({ spec })}`])

const proven = [{ plan: 'p1', policyName: 'general', diagnosis: 'd', provenTime: '2026-01-01T00:00:00Z' }]

test('one command brings kinds, guard and ledger, and no right to touch a node', async () => {
  succeeds(['install', ...release, '--create-namespace'], {})
  expect(at(await bed.kubectl.json(['get', 'remediationguard', 'cluster']), 'spec', 'maxConcurrent')).toBe(10)
  expect(at(await bed.kubectl.json(['get', 'disruptionledger', 'cluster']), 'spec', 'slots')).toEqual([])
  expect(await mayAct()).toBe(false)
})

test('upgrades leave alone what the operator and people have written', async () => {
  upgrade({}) // nobody has written anything yet
  const { metadata } = await bed.kubectl.json(['get', 'disruptionledger', 'cluster'])
  await patch('disruptionledger', { proven })
  await patch('remediationguard', { acknowledgedTrips: ['trip-1'] })
  upgrade({ guard: { maxConcurrent: 3 }, rules: { policies: { general: { enabled: true } } } })
  upgrade({})
  const ledger = await bed.kubectl.json(['get', 'disruptionledger', 'cluster'])
  expect(at(ledger, 'metadata', 'uid')).toBe(at(metadata, 'uid'))
  expect(at(ledger, 'spec', 'proven')).toEqual(proven)
  const guard = await bed.kubectl.json(['get', 'remediationguard', 'cluster'])
  expect(guard['spec']).toMatchObject({ acknowledgedTrips: ['trip-1'], maxConcurrent: 10 })
})

test('policies and the right to act come and go with their values', async () => {
  upgrade({ actionsRbac: { enabled: true }, rules: { policies: { general: { enabled: true } } } })
  expect(await bed.kubectl.list(['get', 'noderemediationpolicies'])).toMatchObject([{ metadata: { name: 'general' } }])
  expect(await mayAct()).toBe(true)
  upgrade({})
  expect(await bed.kubectl.list(['get', 'noderemediationpolicies'])).toEqual([])
  expect(await mayAct()).toBe(false)
})

test('an upgrade brings the kinds of its version', async () => {
  const next = join(room, 'next')
  cpSync(chart, next, { recursive: true })
  const path = join(next, 'crds/remediationpauses.yaml')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace('shortNames:\n', 'shortNames:\n      - newer\n'))
  const [name, , ...flags] = release
  succeeds(['upgrade', name, next, ...flags], {})
  const kind = await bed.kubectl.json(['get', 'crd', 'remediationpauses.prunella.dev'])
  expect(at(kind, 'spec', 'names', 'shortNames')).toContain('newer')
})

test('kinds and ledger outlive the release, and the next one takes them over', async () => {
  succeeds(uninstall)
  expect(await bed.kubectl.find(['get', 'remediationguard', 'cluster'])).toBeUndefined()
  succeeds(['install', ...release], {})
  const ledger = await bed.kubectl.json(['get', 'disruptionledger', 'cluster'])
  expect(at(ledger, 'spec', 'proven')).toEqual(proven)
})

test('a release of another name takes over only what it is told to', () => {
  succeeds(uninstall)
  const other = ['install', 'other', chart, '--namespace', 'elsewhere', '--create-namespace']
  expect(helm(other, {}, bed.adminKubeconfig).err).toContain('cannot be imported into the current release')
  succeeds([...other, '--take-ownership', '--force-conflicts'], {})
})
