import { expect, test } from 'vitest'
import { runFinalizer } from '../../api/annotations.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { Command, LedgerCommand } from '../../domain/remediation/decision.ts'
import { runSpec } from '../../domain/remediation/observation.fixture.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { EvictionOutcome, Patch } from '../../ports/cluster.ts'
import { AlreadyExistsError } from '../../ports/errors.ts'
import { recordingEffects } from '../../runtime/effects.fixture.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { type Acting, act, type Refusals } from './act.ts'
import { nodeJobOrder } from './node-job.fixture.ts'
import { Sightings } from './sightings.ts'

interface Answers {
  readonly exists?: boolean
  readonly evicted?: EvictionOutcome
}

const blocked: EvictionOutcome = { kind: 'Blocked', message: 'two budgets' }

/** Carries out one command, and tells what was sent. */
async function sentBy(command: Exclude<Command, LedgerCommand>, { exists = false, evicted = blocked }: Answers = {}) {
  const sent: { readonly verb: string; readonly what: string; readonly by: Patch | JsonObject }[] = []
  const { effects } = recordingEffects()
  const acting: Acting = {
    run: runKind.project({
      metadata: { name: 'nr-1', uid: 'r', resourceVersion: '12', finalizers: ['of/others'] },
      spec: { ...runSpec() },
    }),
    refusals: new Map() satisfies Refusals,
    effects: {
      ...effects,
      cluster: {
        create: async (kind, object) => {
          sent.push({ verb: 'create', what: kind.plural, by: object })
          if (exists) throw new AlreadyExistsError('job')
          return kind.project(object)
        },
        patch: async (kind, { name }, patch) => {
          sent.push({ verb: 'patch', what: `${kind.plural}/${name}`, by: patch })
          return kind.project({})
        },
        remove: async (kind, { name }, { uid }) =>
          void sent.push({ verb: 'remove', what: `${kind.plural}/${name}`, by: { uid } }),
        evict: async ({ name, uid }) => {
          sent.push({ verb: 'evict', what: name, by: { uid } })
          return evicted
        },
      },
    },
  }
  const ports = {
    clock: new FakeClock(),
    reader: { get: async () => undefined, list: async () => [] },
    sightings: new Sightings(),
    config: { namespace: 'prunella-system', nodeJobImage: 'busybox' },
  }
  await act(ports, command, acting)
  return { sent, refusals: acting.refusals }
}

test.each(['Cordon', 'Uncordon'] as const)(
  '%s: the node is written by the version that was decided on',
  async (kind) => {
    const unschedulable = kind === 'Cordon' ? true : null
    const annotations = { 'prunella.dev/x': 'y' }
    const { sent } = await sentBy({ kind, node: { name: 'node-1', resourceVersion: '9', unschedulable, annotations } })
    const by = { type: 'Merge', resourceVersion: '9', body: { metadata: { annotations }, spec: { unschedulable } } }
    expect(sent).toEqual([{ verb: 'patch', what: 'nodes/node-1', by }])
  },
)

test('the finalizers of others stay, and the run is written by the version that was read', async () => {
  const { sent } = await sentBy({ kind: 'SetFinalizer', kept: true })
  const body = { metadata: { finalizers: ['of/others', runFinalizer] } }
  const by = { type: 'Merge', resourceVersion: '12', body }
  expect(sent).toEqual([{ verb: 'patch', what: 'noderemediations/nr-1', by }])
})

test('whatever is removed is removed by its UID', async () => {
  const job = await sentBy({ kind: 'WithdrawNodeJob', jobName: 'reboot-1', uid: 'j' })
  expect(job.sent).toEqual([{ verb: 'remove', what: 'jobs/reboot-1', by: { uid: 'j' } }])
  const claim = await sentBy({ kind: 'GiveBackClaim', claimName: 'claim-1', uid: 'c' })
  expect(claim.sent).toEqual([{ verb: 'remove', what: 'nodeclaims/claim-1', by: { uid: 'c' } }])
})

test('what the other side said of an eviction is kept for the next look', async () => {
  const { sent, refusals } = await sentBy({ kind: 'Evict', namespace: 'web', pod: 'a', uid: 'p' })
  expect(sent).toEqual([{ verb: 'evict', what: 'a', by: { uid: 'p' } }])
  expect(refusals.get('p')).toMatchObject({ kind: 'Blocked', message: 'two budgets' })
})

test('a budget that asks for patience is remembered with its time', async () => {
  const evicted = {
    kind: 'RefusedByBudget',
    message: 'still being processed',
    budget: 'web',
    retryAfterMs: 10_000,
  } as const
  const { refusals } = await sentBy({ kind: 'Evict', namespace: 'web', pod: 'a', uid: 'p' }, { evicted })
  expect(refusals.get('p')).toMatchObject({ kind: 'RefusedByBudget', patienceMs: 10_000 })
})

test('a job that is there already is the one that we wanted', async () => {
  const { sent } = await sentBy({ kind: 'OrderNodeJob', job: nodeJobOrder() }, { exists: true })
  expect(sent).toMatchObject([{ verb: 'create', what: 'jobs' }])
})
