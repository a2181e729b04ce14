import { expect, test } from 'vitest'
import { textAt } from '../../kernel/json.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { blockedDrainsSaySo } from './blocked.ts'
import { clocksBuyNothing } from './clock.ts'
import { attemptsAreCounted, cooldownIsKept, ladderOnlyClimbs, recoveredAreLeftAlone } from './episodes.ts'
import { stepsFollowTheTable, successIsReal } from './outcomes.ts'
import { onlyOursIsUndone } from './ownership.ts'
import { pendingWork } from './peace.ts'
import { effectsComeOnce, powerIsWanted, rebootsAreWanted } from './power.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'

test('I9: a Fault that is gone at the moment of the cordon is left alone', async () => {
  const scene = await sceneOf(recoveredAreLeftAlone)
  scene.cordon('node-1', scene.run('one', 'node-1'))
  expect(scene.complaints).toEqual(['I9: node-1 was cordoned for a Fault that it no longer had'])
  scene.sicken('node-2')
  scene.cordon('node-2', scene.run('two', 'node-2'))
  expect(scene.complaints).toHaveLength(1)
})

test('I9: one attempt more than is allowed', async () => {
  const scene = await sceneOf(attemptsAreCounted())
  scene.run('one', 'node-1', { name: 'Cordoning' })
  expect(scene.complaints).toEqual([])
  scene.run('two', 'node-1', { name: 'Cordoning' })
  expect(scene.complaints).toEqual(['I9: node-1 was treated 2 times, 1 are allowed'])
})

test('I9: no start within the cool-down, in true time', async () => {
  const scene = await sceneOf(cooldownIsKept())
  scene.run('one', 'node-1', { name: 'Draining' })
  scene.step('one', { name: 'Done', outcome: 'NodeRecovered' })
  await scene.pass(minutes(5))
  scene.claim('two', 'node-1', scene.run('two', 'node-1'))
  expect(scene.complaints).toEqual(['I9: node-1 was begun again after 300000 ms of rest'])
  await scene.pass(minutes(6))
  scene.claim('three', 'node-1', scene.run('three', 'node-1'))
  expect(scene.complaints).toHaveLength(1)
})

test('I9: the cool-down counts from the last thing that was done to the node, not from when the run is called over', async () => {
  const scene = await sceneOf(cooldownIsKept())
  const uid = scene.run('one', 'node-1', { name: 'Draining' })
  scene.claim('one', 'node-1', uid)
  scene.cordon('node-1', uid)
  scene.step('one', { name: 'Releasing', outcome: 'Cancelled' })
  await scene.pass(minutes(2))
  scene.operator.patch('nodes', { name: 'node-1' }, { spec: { unschedulable: null } })
  await scene.pass(minutes(2))
  scene.operator.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { slots: [] } })
  await scene.pass(minutes(8))
  scene.step('one', { name: 'Done', outcome: 'Cancelled' })
  scene.claim('two', 'node-1', scene.run('two', 'node-1'))
  expect(scene.complaints).toEqual(['I9: node-1 was begun again after 480000 ms of rest'])
  await scene.pass(minutes(2))
  scene.claim('three', 'node-1', scene.run('three', 'node-1'))
  expect(scene.complaints).toHaveLength(1)
})

test('I9: a run that lets go of nothing any more leaves its node when it says so', async () => {
  const scene = await sceneOf(cooldownIsKept())
  scene.run('one', 'node-1', { name: 'Draining' })
  scene.step('one', { name: 'Quarantined', cause: 'TreatmentsExhausted' })
  await scene.pass(minutes(30))
  scene.step('one', { name: 'Releasing', outcome: 'Cancelled' })
  await scene.pass(minutes(5))
  scene.claim('two', 'node-1', scene.run('two', 'node-1'))
  expect(scene.complaints).toEqual(['I9: node-1 was begun again after 300000 ms of rest'])
})

test('I9: no rung is treated after a higher one', async () => {
  const scene = await sceneOf(ladderOnlyClimbs())
  scene.run('one', 'node-1', { name: 'Treating', rung: 1 })
  scene.step('one', { name: 'Verifying', rung: 0 })
  expect(scene.complaints).toEqual([])
  scene.step('one', { name: 'Treating', rung: 0 })
  expect(scene.complaints).toEqual(['I9: one went from rung 1 back to rung 0'])
})

const switchedOff = (scene: Scene, machine: string): void =>
  scene.happens({
    kind: 'PowerCommanded',
    entry: { at: scene.loop.now(), machine, command: 'Off', outcome: 'Done', before: 'Running', after: 'Off' },
  })

test('I10: power for whom no run wants it, and in another stage', async () => {
  const scene = await sceneOf(powerIsWanted)
  scene.run('one', 'node-1', { name: 'Treating', stage: 'PoweringOff' })
  switchedOff(scene, 'node-1')
  expect(scene.complaints).toEqual([])
  scene.step('one', { name: 'Treating', stage: 'Booting' })
  switchedOff(scene, 'node-1')
  switchedOff(scene, 'node-2')
  expect(scene.complaints).toEqual([
    'I10: node-1 was switched Off while its run was Booting',
    'I10: node-2 was switched Off, and no run treats it',
  ])
})

test('I12: a cordon that was there before us, and a mark of somebody else', async () => {
  const scene = await sceneOf(onlyOursIsUndone())
  scene.world.api.patch('nodes', { name: 'node-1' }, { spec: { unschedulable: true } })
  scene.run('one', 'node-1', { name: 'Releasing', outcome: 'Cancelled' })
  scene.cordon('node-1', 'somebody')
  expect(scene.complaints).toEqual([])
  scene.operator.patch('nodes', { name: 'node-1' }, { spec: { unschedulable: null } })
  expect(scene.complaints).toEqual(['I12: node-1 was uncordoned, and somebody had cordoned it before us'])
  const mark = 'karpenter.sh/do-not-disrupt'
  scene.world.api.patch('nodes', { name: 'node-2' }, { metadata: { annotations: { [mark]: 'true' } } })
  scene.operator.patch('nodes', { name: 'node-2' }, { metadata: { annotations: { [mark]: null } } })
  expect(scene.complaints[1]).toBe(`I12: node-2: the operator changed ${mark}, which somebody else set`)
})

test('I12: our own cordon, while its run is being released', async () => {
  const scene = await sceneOf(onlyOursIsUndone())
  const uid = scene.run('one', 'node-1', { name: 'Draining' })
  scene.cordon('node-1', uid)
  scene.operator.patch('nodes', { name: 'node-1' }, { spec: { unschedulable: null } })
  expect(scene.complaints).toEqual(['I12: node-1 was uncordoned while its run was Draining'])
  scene.cordon('node-1', uid)
  scene.step('one', { name: 'Releasing', outcome: 'NodeRecovered' })
  scene.operator.patch('nodes', { name: 'node-1' }, { spec: { unschedulable: null } })
  expect(scene.complaints).toHaveLength(1)
})

test('I17: success without a boot, and before it has lasted', async () => {
  const scene = await sceneOf(successIsReal())
  scene.run('one', 'node-1', { name: 'Verifying' })
  scene.step('one', { name: 'Releasing', outcome: 'NodeRecovered' })
  expect(scene.complaints).toEqual(['I17: one claims success, node-1 has not booted'])
  scene.run('two', 'node-2', { name: 'Treating' })
  scene.world.machine('node-2').turnOff()
  await scene.pass(minutes(2))
  scene.world.machine('node-2').turnOn()
  await scene.pass(seconds(95))
  scene.step('two', { name: 'Releasing', outcome: 'NodeRecovered' })
  expect(scene.complaints[1]).toBe('I17: two claims success, node-2 has not been Ready for 30000 ms')
  await scene.pass(minutes(1))
  scene.step('two', { name: 'Verifying' })
  scene.step('two', { name: 'Releasing', outcome: 'NodeRecovered' })
  expect(scene.complaints).toHaveLength(2)
  // The claim was on its way when the node turned.
  const turned = { status: { conditions: [{ type: 'Ready', status: 'False' }] } }
  scene.world.api.patchStatus('nodes', { name: 'node-2' }, turned)
  await scene.pass(seconds(5))
  scene.step('two', { name: 'Verifying' })
  scene.step('two', { name: 'Releasing', outcome: 'NodeRecovered' })
  expect(scene.complaints).toHaveLength(2)
  await scene.pass(seconds(20))
  scene.step('two', { name: 'Verifying' })
  scene.step('two', { name: 'Releasing', outcome: 'NodeRecovered' })
  expect(scene.complaints[2]).toBe('I17: two claims success, node-2 has not been Ready for 30000 ms')
})

test('I18: a step that is no arrow of the table', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  scene.run('one', 'node-1', { name: 'Claiming' })
  scene.step('one', { name: 'Cordoning' })
  expect(scene.complaints).toEqual([])
  scene.step('one', { name: 'Treating' })
  expect(scene.complaints).toEqual(['I18: one goes from Cordoning to Treating'])
})

test('I18: one attempt, one effect; what changes nothing is none', async () => {
  const scene = await sceneOf(effectsComeOnce())
  scene.run('one', 'node-1', { name: 'Treating', stage: 'PoweringOff', attempt: 1 })
  const machine = scene.world.machine('node-1')
  machine.turnOff()
  machine.turnOff()
  expect(scene.complaints).toEqual([])
  machine.turnOn()
  await scene.pass(minutes(2))
  machine.turnOff()
  expect(scene.complaints).toEqual(['I18: node-1 was switched off twice in one attempt of one'])
})

test('I18: a reboot that nobody is ordering any more', async () => {
  const scene = await sceneOf(rebootsAreWanted)
  scene.run('one', 'node-1', { name: 'Verifying' })
  const pod = { namespace: 'prunella-system', name: 'reboot', uid: 'u' }
  scene.happens({ kind: 'NodeCommandRan', machine: 'node-1', pod, outcome: 'Rebooted' })
  expect(scene.complaints).toEqual(['I18: node-1 was rebooted, and no run was ordering that'])
})

test('I20: a deadline that came early, and one that did not', async () => {
  const scene = await sceneOf(clocksBuyNothing())
  scene.run('one', 'node-1', { name: 'Draining' })
  await scene.pass(seconds(20))
  scene.step('one', { name: 'Quarantined', cause: 'DrainDeadlinePassed' })
  expect(scene.complaints).toEqual([
    'I20: one left Draining for Quarantined after 20000 ms: the deadline of the drain takes 60000 ms',
  ])
  scene.run('two', 'node-2', { name: 'Draining' })
  await scene.pass(seconds(60))
  scene.step('two', { name: 'Quarantined', cause: 'DrainDeadlinePassed' })
  expect(scene.complaints).toHaveLength(1)
})

const noBoot = 'rung reboot: no new boot ID within 180s'

test('I20: a machine that is given up before its time to boot is over, from its last stage on', async () => {
  const scene = await sceneOf(clocksBuyNothing())
  scene.run('one', 'node-1', { name: 'Treating', rung: 0 })
  await scene.pass(seconds(100))
  scene.step('one', { name: 'Approving', rung: 1, message: noBoot })
  const bootMs = seconds(scene.truth.runs[0]?.spec?.treatments[0]?.reboot?.bootTimeoutSeconds ?? 0)
  const early = `I20: one left Treating for Approving after 100000 ms: the time to boot takes ${bootMs} ms`
  expect(scene.complaints).toEqual([early])
  scene.run('two', 'node-2', { name: 'Treating', rung: 0 })
  await scene.pass(seconds(100))
  scene.step('two', { name: 'Approving', rung: 1, message: 'rung reboot: the job on the node failed' })
  scene.run('three', 'node-3', { name: 'Treating', rung: 0 })
  await scene.pass(bootMs)
  scene.step('three', { name: 'Approving', rung: 1, message: noBoot })
  expect(scene.complaints).toHaveLength(1)
  scene.step('three', { name: 'Treating', rung: 1, stage: 'PoweringOn' })
  await scene.pass(seconds(600))
  scene.step('three', { name: 'Treating', rung: 1, stage: 'Booting' })
  await scene.pass(seconds(30))
  scene.step('three', { name: 'Quarantined', cause: 'TreatmentsExhausted', message: noBoot })
  expect(scene.complaints[1]).toMatch(/^I20: three left Treating for Quarantined after 30000 ms: the time to boot/)
})

test('I20: people have their time to answer; whose policy was edited may have known another', async () => {
  const scene = await sceneOf(clocksBuyNothing())
  const expire = (name: string): void => scene.step(name, { name: 'Releasing', outcome: 'ApprovalExpired' })
  const timeoutMs = seconds(scene.truth.policy('sim')?.approval.timeoutSeconds ?? 0)
  scene.run('one', 'node-1')
  await scene.pass(seconds(60))
  scene.step('one', { name: 'Approving' })
  await scene.pass(timeoutMs - seconds(60))
  expire('one')
  expect(scene.complaints).toEqual([])
  scene.run('two', 'node-2', { name: 'Approving' })
  scene.run('three', 'node-3', { name: 'Approving' })
  await scene.pass(minutes(20))
  expire('two')
  expect(scene.complaints).toEqual([
    `I20: two left Approving for Releasing after 1200000 ms: the time to answer takes ${timeoutMs} ms`,
  ])
  const approval = { timeoutSeconds: 60 }
  scene.world.api.patch('noderemediationpolicies.prunella.dev', { name: 'sim' }, { spec: { approval } })
  expire('three')
  expect(scene.complaints).toHaveLength(1)
})

test('L4: a drain that is refused and refused, and a run that says nothing of it', async () => {
  const scene = await sceneOf(blockedDrainsSaySo())
  scene.run('one', 'node-1', { name: 'Draining' })
  const [pod] = scene.world.objects.podsOn('node-1')
  const [namespace, name] = [textAt(pod, 'metadata', 'namespace'), textAt(pod, 'metadata', 'name')]
  const refuse = async (forMs: number): Promise<void> => {
    for (let spent = 0; spent < forMs; spent += seconds(10)) {
      const body = { details: { causes: [{ reason: 'DisruptionBudget' }] } }
      scene.send('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
        answer: { status: 429, headers: {}, body },
      })
      await scene.pass(seconds(10))
    }
  }
  await refuse(minutes(2))
  expect(scene.complaints).toEqual([])
  await refuse(minutes(2))
  expect(scene.complaints[0]).toMatch(/^L4: one has been refused for .* ms and does not say that it is held$/)
})

test('L1 to L4: what is left when the weather has calmed', async () => {
  const scene = await sceneOf(stepsFollowTheTable)
  expect(pendingWork(scene.truth)).toBe(undefined)
  const uid = scene.run('one', 'node-1', { name: 'Claiming' })
  expect(pendingWork(scene.truth)).toBe('L1: one is still Claiming')
  scene.step('one', { name: 'Done', outcome: 'NodeRecovered' })
  scene.claim('one', 'node-1', uid)
  expect(pendingWork(scene.truth)).toBe('L2: the ledger still lists one')
  scene.operator.patch('disruptionledgers.prunella.dev', { name: 'cluster' }, { spec: { slots: [] } })
  scene.cordon('node-1', uid)
  expect(pendingWork(scene.truth)).toMatch(/^L2: node-1 still bears/)
  scene.step('one', { name: 'Quarantined', cause: 'TreatmentsExhausted' })
  expect(pendingWork(scene.truth)).toBe('L4: one waits for people and does not say so')
  scene.sicken('node-2')
  expect(pendingWork(scene.truth)).toMatch(/^L3: node-2 shows kernelDeadlock, and nobody treats it/)
})
