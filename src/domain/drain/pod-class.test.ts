import { describe, expect, test } from 'vitest'
import type { DisruptionBudget } from '../../api/core/neighbours.ts'
import type { Pod } from '../../api/core/pod.ts'
import { stuckAfterGraceMs } from '../../api/pacing.ts'
import { later, rfc3339, seconds } from '../../kernel/time.ts'
import { budgetWith, now, podWith } from './pod.fixture.ts'
import { budgetsOf } from './pod-budgets.ts'
import { classOf, dealOf, type PodClass, type PodView, type Refusal } from './pod-class.ts'

const view = (pod: Pod, budgets: readonly DisruptionBudget[] = [], unusual: Partial<PodView> = {}): PodView => ({
  now,
  rules: { doNotDisrupt: 'Honor', localVolumes: 'Keep' },
  own: budgetsOf(pod, budgets),
  refusal: undefined,
  trustsBudgets: false,
  ...unusual,
})
const refused = (unusual: Partial<Refusal> = {}) => ({
  refusal: { kind: 'RefusedByBudget', message: 'the server said no', agoMs: 0, ...unusual } as const,
})

const ending = (inMs: number, metadata = {}) => ({
  metadata: { deletionTimestamp: rfc3339(later(now, inMs)), ...metadata },
})
const held = { finalizers: ['example.com/never'] }
const long = seconds(280)
const overdue = -stuckAfterGraceMs - 1_000
const done = { status: { phase: 'Succeeded' } }
const unready = { status: { conditions: [{ type: 'Ready', status: 'False' }] } }
const emptyDir = { spec: { volumes: [{ name: 'cache', emptyDir: {} }] } }
const marked = (key: string, value: string) => ({ metadata: { annotations: { [key]: value } } })
const karpenter = marked('karpenter.sh/do-not-disrupt', 'true')
const autoscaler = marked('cluster-autoscaler.kubernetes.io/safe-to-evict', 'false')
const agreed = { ...emptyDir, ...marked('cluster-autoscaler.kubernetes.io/safe-to-evict', 'true') }

const daemon = podWith('agent', {
  metadata: { ownerReferences: [{ kind: 'DaemonSet', name: 'agent', uid: 'd', controller: true }] },
})
const mirror = podWith('etcd', {
  metadata: { ownerReferences: [], annotations: { 'kubernetes.io/config.mirror': 'x' } },
})
const nodeJob = podWith('reboot', { metadata: { labels: { 'app.kubernetes.io/managed-by': 'prunella' } } })
const bare = podWith('bare', { metadata: { ownerReferences: [] } })

const none = budgetWith({ disruptionsAllowed: 0, currentHealthy: 2 })
const never = budgetWith({ disruptionsAllowed: 0 }, { maxUnavailable: 0 })
const one = budgetWith({ disruptionsAllowed: 1 })
const second = budgetWith({ disruptionsAllowed: 1 }, {}, 'second')
const short = budgetWith({ disruptionsAllowed: 0, currentHealthy: 1 })
const shortButAlways = budgetWith(
  { disruptionsAllowed: 0, currentHealthy: 1 },
  { unhealthyPodEvictionPolicy: 'AlwaysAllow' },
)

/** Name, pod, what is known of it, its class, and what the sentence must say. */
const table: readonly (readonly [string, Pod, PodView, PodClass, string])[] = [
  ['DaemonSet', daemon, view(daemon), 'DaemonSet', 'would bring it back'],
  ['mirror', mirror, view(mirror), 'MirrorPod', 'from a file of the node'],
  ['our own job', nodeJob, view(nodeJob), 'NodeJob', 'job of this operator'],
  ['finished', ...same(podWith('f', done)), 'Finished', 'containers have ended'],
  ['finished and going', ...same(podWith('f', { ...ending(long), ...done })), 'Finished', 'containers have ended'],
  [
    'finished, kept by a finalizer',
    ...same(podWith('f', { ...ending(overdue, held), ...done })),
    'FinalizerLeft',
    'example.com/never',
  ],
  ['going, 280 s of grace left', ...same(podWith('slow', ending(long))), 'Terminating', rfc3339(later(now, long))],
  ['going, a moment too late', ...same(podWith('late', ending(-1_000))), 'Terminating', 'to stop'],
  ['going, with a finalizer, in its time', ...same(podWith('p', ending(long, held))), 'Terminating', 'to stop'],
  ['stuck finalizer', ...same(podWith('p', ending(overdue, held))), 'StuckFinalizer', 'example.com/never'],
  ['dead kubelet', ...same(podWith('p', ending(overdue))), 'StuckTerminating', 'the kubelet does not say'],
  ['unmanaged', bare, view(bare), 'UnmanagedPods', 'no controller'],
  ['Karpenter’s mark', ...same(podWith('p', karpenter)), 'DoNotDisrupt', 'karpenter.sh/do-not-disrupt'],
  ['the autoscaler’s mark', ...same(podWith('p', autoscaler)), 'DoNotDisrupt', 'safe-to-evict: "false"'],
  ['emptyDir', ...same(podWith('p', emptyDir)), 'LocalDataAtRisk', 'emptyDir'],
  ['emptyDir, its owner agrees', ...same(podWith('p', agreed)), 'Evictable', ''],
  ['PDB 0, refused', ...same(podWith('p'), [none], refused()), 'DrainBlocked', 'PodDisruptionBudget db/pg allows 0'],
  ['PDB 0, nobody has asked yet', ...same(podWith('p'), [none]), 'Evictable', ''],
  [
    'PDB 0, in a plan, or once it has refused another',
    ...same(podWith('p'), [none], { trustsBudgets: true }),
    'DrainBlocked',
    '2 healthy, 2 needed',
  ],
  ['PDB that can never be met', ...same(podWith('p'), [never]), 'DrainBlocked', 'it can never be met'],
  ['PDB that allows one', ...same(podWith('p'), [one]), 'Evictable', ''],
  ['refused, for no reason that is known', ...same(podWith('p'), [one], refused()), 'DrainBlocked', 'server said no'],
  ['two PDBs', ...same(podWith('p'), [one, second]), 'DrainBlocked', 'db/pg and db/second bind the same pods'],
  [
    'unhealthy, IfHealthyBudget, too few',
    ...same(podWith('p', unready), [short], refused()),
    'DrainBlocked',
    '1 healthy',
  ],
  ['unhealthy, IfHealthyBudget, enough', ...same(podWith('p', unready), [none]), 'Evictable', ''],
  ['unhealthy, AlwaysAllow', ...same(podWith('p', unready), [shortButAlways]), 'Evictable', ''],
  [
    'namespace that goes',
    ...same(podWith('p'), [], refused({ kind: 'NamespaceTerminating', message: 'namespace db is going' })),
    'NamespaceTerminating',
    'namespace db is going',
  ],
  ['accepted a moment ago', ...same(podWith('p'), [], refused({ kind: 'Accepted' })), 'Evictable', ''],
]

function same(pod: Pod, budgets: readonly DisruptionBudget[] = [], unusual: Partial<PodView> = {}) {
  return [pod, view(pod, budgets, unusual)] as const
}

test.each(table)('%s', (...[, pod, seen, podClass, words]) => {
  const said = classOf(pod, seen)
  expect(said).toMatchObject({ class: podClass, message: expect.stringContaining(words) })
})

describe('what the rung says', () => {
  const rules = (unusual: Partial<PodView['rules']>) => ({
    rules: { doNotDisrupt: 'Honor', localVolumes: 'Keep', ...unusual } as const,
  })

  test('Ignore moves those whose owner forbids it, Evict those that keep data, and a budget still has its say', () => {
    const vowed = podWith('p', karpenter)
    expect(classOf(vowed, view(vowed, [], rules({ doNotDisrupt: 'Ignore' }))).class).toBe('Evictable')
    expect(classOf(vowed, view(vowed, [never], rules({ doNotDisrupt: 'Ignore' }))).class).toBe('DrainBlocked')
    const local = podWith('p', emptyDir)
    expect(classOf(local, view(local, [], rules({ localVolumes: 'Evict' }))).class).toBe('Evictable')
    expect(classOf(local, view(local, [never], rules({ localVolumes: 'Evict' }))).class).toBe('DrainBlocked')
  })

  test('the owner who forbids it is heard before his consent to lose data', () => {
    const both = podWith('p', { ...emptyDir, ...autoscaler })
    expect(classOf(both, view(both, [], rules({ localVolumes: 'Evict' }))).class).toBe('DoNotDisrupt')
  })
})

test('pods that share a cause share the sentence, so that they are told together', () => {
  const said = (name: string, inMs: number) => classOf(podWith(name, ending(inMs, held)), view(podWith(name)))
  expect(said('a', overdue).message).toBe(said('b', overdue * 2).message)
})

test('a grace of 300 s is waited for: when it ends is known, and nothing of it is stuck', () => {
  const said = classOf(podWith('slow', ending(long)), view(podWith('slow')))
  expect(said.until).toBe(later(now, long))
  expect(dealOf(said)).toBe('Leaves')
})
