import { expect, test } from 'vitest'
import { disruptionBudgetKind } from '../../api/core/neighbours.ts'
import { nodeKind } from '../../api/core/node.ts'
import { podKind } from '../../api/core/pod.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { after, toldRun, upToDraining, upToVerifying } from '../../domain/explain/run.fixture.ts'
import { type RunSeenAround, treeOf } from '../../domain/explain/run-tree.ts'
import { drainOutlook } from '../../domain/surroundings/drain-outlook.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { renderTree } from './render-tree.ts'

const pod = (name: string, unusual: JsonObject = {}) =>
  podKind.project({
    metadata: {
      name,
      namespace: 'db',
      labels: { app: 'pg' },
      ownerReferences: [{ kind: 'StatefulSet', name: 'pg', controller: true }],
      ...unusual,
    },
    spec: { nodeName: 'ip-1', terminationGracePeriodSeconds: 120 },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  })
const budget = disruptionBudgetKind.project({
  metadata: { name: 'pg', namespace: 'db', generation: 1 },
  spec: { selector: { matchLabels: { app: 'pg' } }, minAvailable: 3 },
  status: { observedGeneration: 1, disruptionsAllowed: 0, expectedPods: 3, currentHealthy: 3, desiredHealthy: 3 },
})
const node = nodeKind.project({
  metadata: { name: 'ip-1' },
  status: { nodeInfo: { bootID: 'a' }, conditions: [{ type: 'Ready', status: 'Unknown' }] },
})

const held = (reason: string, message: string): JsonObject => ({
  conditions: [{ type: 'Held', status: 'True', reason, message, lastTransitionTime: rfc3339(after(20)) }],
})

function lines(run: NodeRemediation, unusual: Partial<RunSeenAround> = {}, columns = 120): readonly string[] {
  const now = after(60)
  const seen = { run, now, node: undefined, policy: undefined, pods: undefined, drain: undefined, ...unusual }
  return renderTree(treeOf(seen), { terminal: { colours: false, unicode: false }, columns, now })
}

test('a drain that is blocked: the culprit, the pods, what they wait for, and when it gives way', () => {
  const run = toldRun(upToDraining, {
    step: { deadline: rfc3339(after(660)) },
    status: {
      drain: {
        total: 5,
        gone: 3,
        terminating: 1,
        skipped: 2,
        blocked: [{ reason: 'DrainBlocked', message: 'PodDisruptionBudget db/pg', pods: ['db/pg-0'], count: 1 }],
      },
      ...held('DrainBlocked', 'PodDisruptionBudget db/pg needs 3 of 3'),
    },
  })
  const going = pod('pg-1', { deletionTimestamp: rfc3339(after(178)), finalizers: ['example.org/kept'] })
  const pods = [pod('pg-0'), going]
  expect(lines(run, { pods, drain: drainOutlook(pods, { budgets: [budget], unread: {} }) })).toEqual([
    'NAME                        KIND  STATUS       SINCE   INFO',
    '! nr-1                      Run   Held         40s     reboot on ip-1, rung 1 of 2, policy general',
    '|     Held  DrainBlocked: PodDisruptionBudget db/pg needs 3 of 3',
    '|     deadline in 10m (2026-11-21T10:11:00.000Z), then onDeadline: Quarantine',
    '|-- ~ reboot                Rung  UnderWay     1m',
    '|   |-- + Approved          Step  Observed     59s',
    '|   |-- + Claimed           Step  Observed     58s     the slot is held',
    '|   |-- + Cordoned          Step  Observed     57s     NodeCordoned',
    '|   |-- ! Drained           Step  Blocked      57s     3/5 gone, 1 terminating, 1 blocked, 2 stay',
    '|   |   |-- ! DrainBlocked  Pods  Blocked              db/pg-0',
    '|   |   |         PodDisruptionBudget db/pg allows 0 of StatefulSet pg: 3 healthy, 3 needed; it can never be met',
    '|   |   `-- ~ db/pg-1       Pod   Terminating  2s      grace 1m58s left, kept by finalizer example.org/kept',
    '|   |-- . Treated           Step  Waiting',
    '|   `-- . Verified          Step  Waiting',
    '|-- . power-cycle           Rung  Waiting',
    '`-- . Released              Step  Waiting',
  ])
})

test('a gate that holds comes with its figures and with what unblocks it', () => {
  const run = toldRun([[1, 'RemediationStarted']], {
    step: { name: 'Claiming' },
    status: {
      ...held('BudgetExhausted', '2 of 2 slots are held'),
      gates: [
        { gate: 'NotPaused', result: 'Pass', reason: 'NotPaused' },
        {
          gate: 'BudgetFree',
          result: 'Hold',
          reason: 'BudgetExhausted',
          message: '2 of 2 slots are held by nr-7 and nr-8',
          numbers: { used: 2, limit: 2 },
          unblockedBy: 'a slot comes back',
        },
      ],
    },
  })
  expect(lines(run).slice(1, 3)).toEqual([
    '! nr-1              Run   Held      40s     reboot on ip-1, rung 1 of 2, policy general',
    '|     Hold  BudgetFree  BudgetExhausted: 2 of 2 slots are held by nr-7 and nr-8 (used 2, limit 2) unblocks when: a slot',
  ])
  expect(lines(run)[3]).toBe('|     comes back')
})

test('a drain that left pods behind is not called drained', () => {
  const drain = { total: 4, gone: 1, terminating: 0, skipped: 1, blocked: [] }
  const told = [...upToDraining, [10, 'TreatmentRequested'] as const]
  const run = toldRun(told, { step: { name: 'Treating', stage: 'Booting' }, status: { drain } })
  expect(lines(run).join('\n')).toMatch(/! Drained +Step +Waived +50s +1\/4 gone/)
})

test('a treatment says which evidence is wanted, beside what the node says', () => {
  const told = [...upToDraining, [10, 'TreatmentRequested'] as const]
  const run = toldRun(told, {
    step: { name: 'Treating', stage: 'Booting', stageSince: rfc3339(after(20)), attempt: 1, bootID: 'a' },
  })
  const shown = lines(run, { node }).join('\n')
  expect(shown).toContain('stage Booting for 40s, order 1')
  expect(shown).toContain('evidence wanted: a boot ID other than a')
  expect(shown).toContain('the node now: Ready Unknown, the same boot ID')
})

test('a proof under way says how long it has lasted, and a rung that failed says why', () => {
  const told = [...upToVerifying, [50, 'TreatmentFailed', 'rung reboot did not help'] as const]
  const run = toldRun(told, { step: { name: 'Approving', rung: 1 } })
  expect(lines(run).slice(2, 4)).toEqual([
    '|-- x reboot        Rung  Failed     10s     took 50s',
    '|         rung reboot did not help',
  ])
  const stable = toldRun(upToVerifying, {
    step: { name: 'Verifying', stableSince: rfc3339(after(40)), treatedTime: rfc3339(after(40)) },
  })
  expect(lines(stable).join('\n')).toContain('healthy for 20s of 1m; evidence must be newer than')
})

test('on a narrow screen sentences have lines of their own, and none is wider', () => {
  const run = toldRun(upToDraining, {
    status: held('NodePaused', 'pause p is in force until it is deleted: a long reason'),
  })
  const narrow = lines(run, {}, 50)
  expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(50)
  expect(narrow.join(' ')).toContain('rung 1 of 2')
})

test('what a node says is one line of the tree, whatever it says', () => {
  const run = toldRun(upToDraining, { status: held('DrainBlocked', 'x\n+ nr-1   Run   NodeRecovered\u001B[2J') })
  expect(lines(run)).toContain(String.raw`|     Held  DrainBlocked: x\u000a+ nr-1   Run   NodeRecovered\u001b[2J`)
})

test('a run that is over says how it ended, and a quarantined one what a person may do', () => {
  const told = [
    ...upToVerifying,
    [55, 'RemediationSucceeded', 'healthy for 60s'] as const,
    [56, 'NodeReleased'] as const,
  ]
  const over = toldRun(told, {
    step: { name: 'Done', outcome: 'NodeRecovered' },
    status: {
      completionTime: rfc3339(after(56)),
      conditions: [
        {
          type: 'Succeeded',
          status: 'True',
          reason: 'NodeRecovered',
          message: 'm',
          lastTransitionTime: rfc3339(after(56)),
        },
      ],
    },
  })
  expect(lines(over).slice(1, 3)).toEqual([
    '+ nr-1              Run   NodeRecovered  4s      reboot on ip-1, rung 1 of 2, policy general',
    '|     NodeRecovered: healthy for 60s',
  ])
  const waiting = toldRun([...upToDraining, [30, 'NodeQuarantined', 'the deadline']], {
    step: { name: 'Quarantined', cause: 'DrainDeadlinePassed', rung: undefined },
  })
  expect(lines(waiting).join('\n')).toContain('prunella release nr-1')
})
