import { beforeEach, expect, test } from 'vitest'
import { Prng } from '../../kernel/prng.ts'
import { hours, seconds } from '../../kernel/time.ts'
import { Loop } from '../loop.ts'
import type { Incident } from '../plan/plan.ts'
import { Faults } from './faults.ts'
import { Incidents } from './incidents.ts'
import { Outages } from './outages.ts'
import { Replica } from './replica.ts'

let loop: Loop
let outages: Outages
let replicas: readonly Replica[]
let incidents: Incidents
let faults: Faults

beforeEach(() => {
  loop = new Loop()
  outages = new Outages()
  faults = new Faults({}, new Prng(1))
  replicas = [0, 1].map((index) => {
    const plan = { skewMs: 0, driftPpm: 0 }
    const replica = new Replica({ loop, plan, index, boot: () => {}, tell: () => {} }, outages.changed)
    replica.start()
    return replica
  })
  incidents = new Incidents({ loop, faults, outages, replicas, note: () => {} })
})

const lasts = (kind: Incident['kind'], replica?: number): Incident => ({
  kind,
  atMs: seconds(1),
  forMs: hours(1),
  ...(replica === undefined ? {} : { replica }),
})

test('what befalls all or the core is healed for the calm; what ails the others stays for ever', async () => {
  incidents.schedule([lasts('ServerDown'), lasts('CutFromServer', 0), lasts('CutFromServer', 1), lasts('Killed', 1)])
  await loop.runFor(seconds(2))
  expect([outages.serverDown.isHeld, replicas[0]?.cutFromServer.isHeld]).toEqual([true, true])
  incidents.freeze(0)
  await loop.runFor(hours(2))
  expect([outages.serverDown.isHeld, replicas[0]?.cutFromServer.isHeld]).toEqual([false, false])
  expect([replicas[1]?.cutFromServer.isHeld, replicas[1]?.process]).toEqual([true, undefined])
})

test('a process that is asked to end and does not is killed after its grace, and another is started', async () => {
  incidents.schedule([{ kind: 'Terminated', replica: 0, atMs: seconds(1), forMs: seconds(40) }])
  await loop.runFor(seconds(2))
  expect(replicas[0]?.process?.terminated.aborted).toBe(true)
  await loop.runFor(seconds(30))
  expect(replicas[0]?.process).toBeUndefined()
  await loop.runFor(seconds(10))
  expect(replicas[0]?.process?.start).toBe(2)
})

test('a rollout takes one replica after the other', async () => {
  incidents.schedule([{ kind: 'RolledOut', atMs: seconds(1), forMs: hours(1) }])
  await loop.runFor(seconds(35))
  expect(replicas.map(({ process }) => process?.start)).toEqual([2, 1])
  await loop.runFor(seconds(60))
  expect(replicas.map(({ process }) => process?.start)).toEqual([2, 2])
})

test('a clock that was set is set right again, and each incident is counted by its name', async () => {
  const before = replicas[0]?.clock.now() ?? 0
  incidents.schedule([{ kind: 'ClockStepped', replica: 0, atMs: seconds(1), forMs: seconds(5), byMs: hours(1) }])
  await loop.runFor(seconds(2))
  expect(replicas[0]?.clock.now()).toBe(before + hours(1) + seconds(2))
  await loop.runFor(seconds(8))
  expect(replicas[0]?.clock.now()).toBe(before + seconds(10))
  expect([...faults.counts]).toEqual([['ClockStepped', 1]])
})

test('clogged connections heal in another order than they stopped in', async () => {
  incidents.schedule([{ kind: 'Swizzled', atMs: 0, forMs: seconds(100), seed: 8 }])
  const [stopped, healed] = [new Set<string>(), new Set<string>()]
  const ours = ['noderemediations', 'nodehealths', 'disruptionledgers', 'remediationguards', 'remediationpauses']
  const paths = ['/api/v1/nodes', '/api/v1/pods', ...ours.map((plural) => `/apis/prunella.dev/v1alpha1/${plural}`)]
  const process = replicas[0]?.process
  outages.onChange(() => {
    for (const path of paths) {
      if (process !== undefined && outages.blocks(process, path)) stopped.add(path)
      else if (stopped.has(path)) healed.add(path)
    }
  })
  await loop.runFor(seconds(101))
  expect([...healed].toSorted()).toEqual([...stopped].toSorted())
  expect([...healed]).not.toEqual([...stopped])
})

test('the API server is away for us alone, or for the whole world, until the last of those who took it lets go', async () => {
  let isLost = false
  outages = new Outages(() => {
    isLost = true
    return () => {
      isLost = false
    }
  })
  incidents = new Incidents({ loop, faults, outages, replicas, note: () => {} })
  const forAll: Incident = { kind: 'ServerDown', atMs: seconds(10), forMs: seconds(10), isForAll: true }
  incidents.schedule([
    { ...forAll, atMs: 0, forMs: seconds(5), isForAll: false },
    forAll,
    { ...forAll, forMs: seconds(20) },
  ])
  await loop.runFor(seconds(1))
  expect([outages.isServerDown, isLost]).toEqual([true, false])
  await loop.runFor(seconds(14))
  expect([outages.isServerDown, isLost]).toEqual([true, true])
  await loop.runFor(seconds(10))
  expect([outages.isServerDown, isLost]).toEqual([true, true])
  await loop.runFor(seconds(10))
  expect([outages.isServerDown, isLost]).toEqual([false, false])
})
