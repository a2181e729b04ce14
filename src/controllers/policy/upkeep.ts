import { nodeKind } from '../../api/core/node.ts'
import { type Breaker, ledgerKind, type Slot } from '../../api/v1alpha1/disruption-ledger.ts'
import { isOpen, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardKind, guardName } from '../../api/v1alpha1/remediation-guard.ts'
import { inWords } from '../../domain/budget/excess.ts'
import {
  type BreakerChange,
  breakerChanges,
  doubtfulSlots,
  type UpkeepView,
  upkept,
} from '../../domain/budget/upkeep.ts'
import { isCordonedBy } from '../../domain/remediation/cordon.ts'
import { isEqual } from '../../kernel/json.ts'
import type { Mono } from '../../kernel/time.ts'
import type { NewEvent } from '../../runtime/events.ts'
import type { LedgerKnown } from '../ledger-clerk.ts'
import { readLedger } from '../read-ledger.ts'
import { cachedLedger } from './observe.ts'
import type { PolicyPorts } from './ports.ts'

/**
 * The leader's look at the ledger: breakers trip, cool and close, and what nobody owns goes. An idle look reads caches alone; what
 * it would change is decided once more on the clerk's live read. Resolves to whether it was written.
 */
export async function keepLedger(ports: PolicyPorts, cooling: CoolingWatch): Promise<boolean> {
  const guard = ports.guards.get({ name: guardName })
  const cached = cachedLedger(ports)
  if (guard?.spec === undefined) return false
  const remembered = { guard: guard.spec, ledgerUID: guard.status.ledgerUID, cooling }
  const isIdle = (known: LedgerKnown): boolean =>
    doubtfulSlots(known.spec, ports.runs.list()).length === 0 &&
    isUpkept(viewOf(ports, known, { ...remembered, abandoned: new Set() }))
  // One that a cache has lost may be there all the same, and no breaker would trip.
  if (cached.kind === 'Known' && isIdle(cached)) return false

  // The cache may be behind what this process has just written: then nobody is doubtful any more.
  const live = await readLedger(ports.reader)
  if (live.kind !== 'Known') return false
  const asked = await abandonedAmong(ports, doubtfulSlots(live.spec, ports.runs.list()))
  let abandoned = asked
  let changes: readonly BreakerChange[] = []
  const isWritten = await ports.clerk.write({
    // Who has gone stays gone, however long it took to ask for all of them.
    readAt: ports.clock.mono(),
    on: (ledger) => {
      // Whoever gave his slot back meanwhile has said when himself.
      abandoned = new Set(ledger.spec.slots.flatMap(({ runUID }) => (asked.has(runUID) ? [runUID] : [])))
      const view = viewOf(ports, ledger, { ...remembered, abandoned })
      const next = upkept(view)
      if (isEqual(ledger.spec, next)) return undefined
      changes = breakerChanges(ledger.spec.breakers, next.breakers)
      ports.journal.append({ controller: 'policy', key: ledgerKind.kind, observation: view, decision: changes })
      return next
    },
  })
  if (!isWritten) return false
  for (const change of changes) tell(ports, change, guard.spec.acknowledgedTrips)
  for (const runUID of abandoned) ports.log.warn('Gave back a slot that no run owns', { runUID })
  return true
}

const isUpkept = (view: UpkeepView): boolean => isEqual(view.ledger.spec, upkept(view))

interface Remembered extends Pick<UpkeepView, 'guard' | 'ledgerUID' | 'abandoned'> {
  readonly cooling: CoolingWatch
}

function viewOf(ports: PolicyPorts, ledger: LedgerKnown, { cooling, ...remembered }: Remembered): UpkeepView {
  const { shared, policies, prepared, clock, runs } = ports
  const known = new Map(prepared.list().map((policy) => [policy.name, policy]))
  const counted = policies.list().map(({ metadata: { name } }) => {
    const own = known.get(name)
    const isValid = own !== undefined && own.issues.length === 0
    return { name, spec: isValid ? own.spec : undefined, figures: shared.figures(name) }
  })
  const cluster = shared.clusterFigures()
  const doubted = counted.filter(({ figures }) => figures.kind === 'Doubtful').map(({ name }) => name)
  // Half a list cools nothing: the time begins anew.
  for (const scope of cluster.kind === 'Doubtful' ? ['', ...doubted] : doubted) cooling.forget(scope)
  cooling.forgetOthers(ledger.spec.breakers)
  return {
    now: clock.now(),
    nowAtLeast: clock.nowAtLeast(),
    ledger,
    ...remembered,
    policies: counted,
    cluster,
    runs: runs.list(),
    seenCoolingMs: (breaker) => cooling.seenMs(breaker, clock.mono()),
  }
}

/** A slot is given back for somebody else only if its run is gone, by a live read, and its node bears no cordon of it. */
async function abandonedAmong({ reader }: PolicyPorts, slots: readonly Slot[]): Promise<ReadonlySet<string>> {
  const abandoned = new Set<string>()
  for (const { runUID, runName, nodeName } of slots) {
    const run = await reader.get(runKind, { name: runName })
    if (run !== undefined && run.metadata.uid === runUID && isOpen(run)) continue
    const node = await reader.get(nodeKind, { name: nodeName })
    if (node === undefined || !isCordonedBy(node, runUID)) abandoned.add(runUID)
  }
  return abandoned
}

/** How long this very process has seen each breaker cool: the wall clock alone is not believed. */
export class CoolingWatch {
  readonly #seen = new Map<string, { readonly what: string; readonly since: Mono }>()

  seenMs({ scope, state, tripID, coolingSince }: Breaker, now: Mono): number {
    if (state !== 'Cooling') {
      this.forget(scope)
      return 0
    }
    const what = `${tripID} ${coolingSince}`
    const seen = this.#seen.get(scope)
    if (seen?.what === what) return now - seen.since
    this.#seen.set(scope, { what, since: now })
    return 0
  }

  /** Whoever is not listed any more. */
  forgetOthers(breakers: readonly Breaker[]): void {
    for (const scope of this.#seen.keys()) if (breakers.every((breaker) => breaker.scope !== scope)) this.forget(scope)
  }

  isWatching(): boolean {
    return this.#seen.size > 0
  }

  forget(scope: string): void {
    this.#seen.delete(scope)
  }
}

const steps = { Opened: 'opened', Cooling: 'cools', HalfOpen: 'is half open', Closed: 'closed' } as const

/** Events tell of a breaker that opened or closed; the steps between stand in log and conditions. */
function tell(ports: PolicyPorts, { kind, breaker }: BreakerChange, acknowledged: readonly string[]): void {
  const { scope, tripID, input, message } = breaker
  const fields = { scope: inWords(scope), trip: tripID, input, because: message }
  ports.log[kind === 'Opened' ? 'warn' : 'info'](`Breaker ${steps[kind]}`, fields)
  const regarding = holderOf(ports, scope)
  if (regarding === undefined) return
  if (kind === 'Opened') {
    const note = `${input} (${tripID}): ${message}`
    ports.events.record({ regarding, type: 'Warning', reason: 'BreakerOpened', note, action: 'Trip' })
  }
  if (kind === 'Closed') {
    const note = `trip ${tripID} is over: ${acknowledged.includes(tripID) ? 'a person has reset it' : 'its canary helped'}`
    ports.events.record({ regarding, type: 'Normal', reason: 'BreakerClosed', note, action: 'Reset' })
  }
}

/** The object whose breaker it is. Undefined: gone. */
function holderOf({ policies, guards }: PolicyPorts, scope: string): NewEvent['regarding'] | undefined {
  const [policy, guard] = [policies.get({ name: scope }), guards.get({ name: guardName })]
  if (scope === '') return guard && { kind: guardKind, object: guard }
  return policy && { kind: policyKind, object: policy }
}
