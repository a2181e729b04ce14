import { emptyLedger } from '../../../api/initial-objects.ts'
import { ledgerKind, ledgerName } from '../../../api/v1alpha1/disruption-ledger.ts'
import { guardName } from '../../../api/v1alpha1/remediation-guard.ts'
import { at, isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { hours, later, minutes, rfc3339, seconds } from '../../../kernel/time.ts'
import { nameOf, uidOf } from '../../world/fields.ts'
import { type Acting, oneOf } from '../acting.ts'
import { type Person, someNodeOf } from './people.ts'

const ledgers = 'disruptionledgers.prunella.dev'
const guards = 'remediationguards.prunella.dev'
const healths = 'nodehealths.prunella.dev'
const [ledgerRef, guardRef] = [{ name: ledgerName }, { name: guardName }]

/** Hands on what machines keep: the ledger lost, copied back or edited to nonsense, NodeHealths deleted; trips acknowledged. */
export function bookActs(person: Person): Acting {
  const { api, world, prng } = person
  return {
    acts: [
      () => loseLedger(person),
      () => {
        const edit = oneOf(nonsense(person), prng)
        if (edit === undefined || world.objects.get(ledgers, ledgerRef) === undefined) return undefined
        api.patch(ledgers, ledgerRef, { spec: edit })
        return `edits the ledger: ${JSON.stringify(edit)}`
      },
      () => {
        const health = oneOf(world.objects.all(healths), prng)
        if (health === undefined) return undefined
        api.delete(healths, { name: nameOf(health) })
        return `deletes the NodeHealth ${nameOf(health)}`
      },
      () => acknowledge(person),
    ],
    tidy: () => {
      if (world.objects.get(ledgers, ledgerRef) === undefined) api.create(ledgers, emptyLedger)
      forgetInvented(person)
      acknowledge(person)
      return true
    },
  }
}

/** It comes back a while later: empty, or from a copy that was made before. */
function loseLedger({ api, world, prng, parts }: Person): string | undefined {
  const stored = world.objects.get(ledgers, ledgerRef)
  if (stored === undefined) return undefined
  const spec = at(stored, 'spec')
  const copy = { ...emptyLedger, spec: isObject(spec) ? spec : {} }
  const isCopied = prng.chance(500)
  api.delete(ledgers, ledgerRef)
  parts.timers.after(prng.int(seconds(1), minutes(3)), () => {
    if (world.objects.get(ledgers, ledgerRef) === undefined) api.create(ledgers, isCopied ? copy : emptyLedger)
  })
  return `deletes the ledger, ${isCopied ? 'a copy of it comes back later' : 'an empty one comes back later'}`
}

/** What the schema lets pass, and makes no sense: invented runs, times that are yet to come, everything gone. */
function nonsense(person: Person): readonly JsonObject[] {
  const { world, parts } = person
  const node = someNodeOf(person)
  const stored = world.objects.get(ledgers, ledgerRef)
  const slots = listAt(stored, 'spec', 'slots').filter(isObject)
  const starts = listAt(stored, 'spec', 'starts').filter(isObject)
  const soon = rfc3339(later(parts.timers.now(), hours(5)))
  const invented = {
    runUID: inventedUID,
    runName: 'nobody',
    policyName: 'nobody',
    nodeName: node === undefined ? 'nowhere' : nameOf(node),
    nodeUID: node === undefined ? 'nowhere' : uidOf(node),
  }
  return [
    { slots: [] },
    { starts: [] },
    { slots: [...slots, { ...invented, class: 'Fault', claimTime: soon, domains: [] }].slice(0, 200) },
    { slots: slots.map((slot) => ({ ...slot, nodeUID: 'another' })) },
    { starts: [...starts, { ...invented, startTime: soon, attempt: true }].slice(0, 1_000) },
  ]
}

const inventedUID = '00000000-0000-4000-8000-000000000000'

/** What the person invented goes when somebody else has a look at it. */
function forgetInvented({ api, world }: Person): void {
  const stored = world.objects.get(ledgers, ledgerRef)
  const isReal = (entry: JsonObject): boolean => entry['runUID'] !== inventedUID
  const slots = listAt(stored, 'spec', 'slots').filter(isObject)
  const starts = listAt(stored, 'spec', 'starts').filter(isObject)
  if ([...slots, ...starts].every(isReal)) return
  api.patch(ledgers, ledgerRef, {
    metadata: { resourceVersion: textAt(stored, 'metadata', 'resourceVersion') ?? '' },
    spec: { slots: slots.filter(isReal), starts: starts.filter(isReal) },
  })
}

/** All trips there are. */
function acknowledge({ api, world }: Person): string | undefined {
  const ledger = world.objects.get(ledgers, ledgerRef)
  const guard = world.objects.get(guards, guardRef)
  if (ledger === undefined || guard === undefined) return undefined
  const trips = ledgerKind.project(ledger).spec?.breakers.map(({ tripID }) => tripID) ?? []
  const known = listAt(guard, 'spec', 'acknowledgedTrips').filter((id) => typeof id === 'string')
  const fresh = trips.filter((id) => !known.includes(id))
  if (fresh.length === 0) return undefined
  api.patch(guards, guardRef, { spec: { acknowledgedTrips: [...known, ...fresh].slice(-32) } })
  return `acknowledges ${fresh.join(', ')}`
}
