import { nodeKind } from '../../api/core/node.ts'
import { ledgerKind, ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import { guardKind, guardName } from '../../api/v1alpha1/remediation-guard.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { minutes, rfc3339, seconds } from '../../kernel/time.ts'
import { policyName } from '../simulation/policy.ts'
import { deadlock, stormOfDeadlocks } from './deadlocks.ts'
import { someNode } from './some-node.ts'
import { nothingToEnd, type Story, type StoryParts } from './story.ts'

/** Stories in which people have a hand. */

/** The application allows no disruption at all, until somebody has pity. */
export const budgetBlocked: Story = (parts) => {
  const { world, prng, timers } = parts
  const ref = { namespace: 'shop', name: 'web' }
  const budget = world.objects.get('poddisruptionbudgets.policy', ref)
  if (budget === undefined) return nothingToEnd
  const relent = (): void => {
    world.api.patch('poddisruptionbudgets.policy', ref, { spec: budget['spec'] ?? {} })
  }
  timers.after(0, () => {
    world.api.patch('poddisruptionbudgets.policy', ref, { spec: { minAvailable: '100%' } })
    deadlock(parts)
    timers.after(prng.int(minutes(2), minutes(15)), relent)
  })
  return relent
}

/** Somebody stops everything in the middle, and lets it go on. */
export const paused: Story = (parts) => {
  const { world, prng, timers, note } = parts
  deadlock(parts)
  const name = `pause-${prng.int(0, 999_999)}`
  const scopes: readonly JsonObject[] = [{ everything: {} }, { policyName }]
  const lift = (): void => world.api.delete('remediationpauses.prunella.dev', { name })
  timers.after(prng.int(seconds(5), minutes(4)), () => {
    note('somebody pauses')
    world.api.create('remediationpauses.prunella.dev', {
      apiVersion: 'prunella.dev/v1alpha1',
      kind: 'RemediationPause',
      metadata: { name },
      spec: { scope: scopes[prng.int(0, 1)] ?? {}, reason: 'we look into something' },
    })
    timers.after(prng.int(seconds(10), minutes(6)), lift)
  })
  return lift
}

/** A person wants a node treated, whatever its signals say. */
export const manualRun: Story = ({ world, truth, prng, timers }) => {
  const name = someNode(world, prng, 'Iron')
  const stored = name === undefined ? undefined : world.objects.get('nodes', { name })
  const treatment = truth.policy(policyName)?.treatments.find(({ reboot }) => reboot !== undefined)
  if (name === undefined || stored === undefined || treatment === undefined) return nothingToEnd
  const { uid } = nodeKind.project(stored).metadata
  const { systemUUID } = world.machine(name)
  const metadata = { name: `manual-${prng.int(0, 999_999)}` }
  timers.after(0, () => {
    world.api.create('noderemediations.prunella.dev', {
      apiVersion: 'prunella.dev/v1alpha1',
      kind: 'NodeRemediation',
      metadata,
      spec: {
        node: { name, uid, systemUUID },
        policyName,
        cause: {
          diagnosis: '',
          class: 'Fault',
          episode: 'manual',
          when: '',
          message: 'a person wants it',
          detectedTime: rfc3339(timers.now()),
        },
        treatments: [treatment],
        requestedBy: 'alice',
      },
    })
  })
  return nothingToEnd
}

/** Too many at once. Later a person has looked at it. */
export const breakerTripped: Story = (parts) => {
  const { prng, timers } = parts
  stormOfDeadlocks(parts)
  timers.after(prng.int(minutes(3), minutes(10)), () => acknowledge(parts))
  return () => acknowledge(parts)
}

function acknowledge({ world, note }: StoryParts): void {
  const ledger = world.objects.get('disruptionledgers.prunella.dev', { name: ledgerName })
  const guard = world.objects.get('remediationguards.prunella.dev', { name: guardName })
  if (ledger === undefined || guard === undefined) return
  const trips = ledgerKind.project(ledger).spec?.breakers.map(({ tripID }) => tripID) ?? []
  const known = guardKind.project(guard).spec?.acknowledgedTrips ?? []
  const acknowledgedTrips = [...new Set([...known, ...trips])].slice(-32)
  if (trips.length === 0) return
  note(`a person acknowledges ${trips.join(', ')}`)
  world.api.patch('remediationguards.prunella.dev', { name: guardName }, { spec: { acknowledgedTrips } })
}
