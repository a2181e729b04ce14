import {
  breakerOpenMetric,
  defectsMetric,
  disturbancesMetric,
  eventsLostMetric,
  leadingMetric,
  longestStallMetric,
  type RunStep,
  runSteps,
  runsActiveMetric,
  slotsUsedMetric,
} from '../api/metric-definitions.ts'
import { ledgerName } from '../api/v1alpha1/disruption-ledger.ts'
import type { StepName } from '../api/v1alpha1/node-remediation.ts'
import { seconds } from '../kernel/time.ts'
import type { Meter } from '../ports/meter.ts'
import type { Events } from '../runtime/events.ts'
import type { HealthMonitor } from '../runtime/health.ts'
import type { Leadership } from '../runtime/leader-election.ts'
import type { Informers } from './informers.ts'

interface OwnParts {
  readonly leadership: Pick<Leadership, 'remainingMs'>
  readonly health: Pick<HealthMonitor, 'numbers'>
  readonly events: Pick<Events, 'lost'>
  /** Whose handlers may have thrown. */
  readonly listeners: readonly { readonly defects: number }[]
}

/** How this process itself fares. */
export function showProcess(meter: Meter, { leadership, health, events, listeners }: OwnParts): void {
  meter.gauge(leadingMetric).read({}, () => (leadership.remainingMs() > 0 ? 1 : 0))
  const disturbances = meter.counter(disturbancesMetric)
  disturbances.read({ kind: 'Stall' }, () => health.numbers().stalls)
  disturbances.read({ kind: 'ClockJump' }, () => health.numbers().jumps)
  disturbances.read({ kind: 'Outage' }, () => health.numbers().outages)
  meter.gauge(longestStallMetric).read({}, () => health.numbers().longestStallMs / seconds(1))
  meter.counter(eventsLostMetric).read({}, () => events.lost)
  meter
    .counter(defectsMetric)
    .read({ part: 'informers' }, () => listeners.reduce((sum, { defects }) => sum + defects, 0))
}

type Fleet = {
  readonly [Name in 'runs' | 'policies' | 'ledgers']: Pick<Informers[Name], 'list' | 'hasSynced'>
}

/** What is done to the fleet, as the caches of this replica have it; nothing before they are filled. */
export function showFleet(meter: Meter, { runs, policies, ledgers }: Fleet): void {
  meter.gauge(runsActiveMetric).readAll(() => (runs.hasSynced() ? runsByStep({ runs, policies }) : []))
  meter.gauge(slotsUsedMetric).readAll(() => (ledgers.hasSynced() ? slotsByPolicy({ policies, ledgers }) : []))
  meter.gauge(breakerOpenMetric).readAll(() => (ledgers.hasSynced() ? breakers({ policies, ledgers }) : []))
}

function runsByStep({ runs, policies }: Pick<Fleet, 'runs' | 'policies'>) {
  const open = runs.list().flatMap(({ spec, status }) => {
    const step = words[status.step?.name ?? 'Approving']
    return spec === undefined || spec.dryRun || step === undefined ? [] : [{ policy: spec.policyName, step }]
  })
  return namesOf(
    policies,
    open.map(({ policy }) => policy),
  ).flatMap((policy) =>
    runSteps.map((step) => ({
      labels: { policy, step },
      value: open.filter((run) => run.policy === policy && run.step === step).length,
    })),
  )
}

function slotsByPolicy({ policies, ledgers }: Pick<Fleet, 'policies' | 'ledgers'>) {
  const slots = ledgerOf(ledgers)?.slots
  if (slots === undefined) return []
  return namesOf(
    policies,
    slots.map(({ policyName }) => policyName),
  ).map((policy) => ({
    labels: { policy },
    value: slots.filter(({ policyName }) => policyName === policy).length,
  }))
}

function breakers({ policies, ledgers }: Pick<Fleet, 'policies' | 'ledgers'>) {
  const listed = ledgerOf(ledgers)?.breakers
  if (listed === undefined) return []
  const tripped = new Set(listed.filter(({ state }) => state !== 'Acknowledged').map(({ scope }) => scope))
  const others = [...tripped].filter((scope) => scope !== '')
  return ['', ...namesOf(policies, others)].map((policy) => ({
    labels: { scope: policy === '' ? 'cluster' : 'policy', policy },
    value: tripped.has(policy) ? 1 : 0,
  }))
}

const ledgerOf = (ledgers: Fleet['ledgers']) =>
  ledgers.list().find(({ metadata }) => metadata.name === ledgerName)?.spec

/** Those that are there, and those that have gone and left something behind. */
const namesOf = (policies: Fleet['policies'], others: readonly string[]): readonly string[] => [
  ...new Set([...policies.list().map(({ metadata }) => metadata.name), ...others]),
]

const words: Readonly<Record<StepName, RunStep | undefined>> = {
  Approving: 'approve',
  Claiming: 'claim',
  Cordoning: 'cordon',
  Draining: 'drain',
  Treating: 'treat',
  Verifying: 'verify',
  Quarantined: 'quarantine',
  Releasing: 'release',
  Done: undefined,
}
