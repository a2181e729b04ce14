import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type Checker, type Happening, ledgerOf, runOf, type Truth } from './checker.ts'
import { type Deed, deedOf } from './deeds.ts'
import { Spans } from './spans.ts'

/** In which step of its run, and in which stage of its treatment, each deed belongs. */
const places: Readonly<Partial<Record<Deed['kind'], readonly string[]>>> = {
  Cordon: ['Cordoning'],
  Evict: ['Draining', 'Treating/Relieving'],
  OrderNodeJob: ['Treating/Ordering'],
  PowerOff: ['Treating/PoweringOff'],
  GiveBackClaim: ['Treating/Deleting'],
}

/** The intent was stored before the deed left: the run stood in just that step, or had until a moment before. */
export function deedsFollowTheirRecord(): Checker {
  const records = new Spans()
  return {
    invariant: 'I18',
    judge: (happening, truth) => {
      if (happening.kind === 'Changed' && happening.change.plural === runKind.plural) {
        const run = runOf(happening.change.object)
        const isThere = happening.change.type !== 'DELETED'
        records.become(run.metadata.uid, isThere ? [placeOf(run)] : [], truth.now())
      }
      const deed = deedOf(happening, truth)
      const run = deed && truth.openRunOn(deed.nodeName)
      const allowed = deed && places[deed.kind]
      if (deed === undefined || run === undefined || allowed === undefined) return undefined
      return allowed.some((place) => records.stood(run.metadata.uid, place, deed.sentAt))
        ? undefined
        : `${deed.what} was sent while ${run.metadata.name} was not recorded as ${allowed.join(' or ')}`
    },
  }
}

function placeOf({ status: { step } }: NodeRemediation): string {
  const { name = 'Approving', stage } = step ?? {}
  return name === 'Treating' ? `${name}/${stage ?? ''}` : name
}

/** No node and no pod of it is touched by a run that holds no slot, whatever else is free. */
export function deedsHoldTheirSlot(): Checker {
  const slots = new Spans()
  return {
    invariant: 'I1',
    judge: (happening, truth) => {
      takeLedger(slots, happening, truth)
      const deed = deedOf(happening, truth)
      const run = deed && truth.openRunOn(deed.nodeName)
      if (deed === undefined || run === undefined) return undefined
      return slots.stood('ledger', run.metadata.uid, deed.sentAt)
        ? undefined
        : `${deed.what}: ${run.metadata.name} holds no slot`
    },
  }
}

function takeLedger(slots: Spans, happening: Happening, { now }: Truth): void {
  if (happening.kind !== 'Changed' || happening.change.plural !== 'disruptionledgers') return
  const { type, object } = happening.change
  const ledger = type === 'DELETED' ? undefined : ledgerOf(object)
  slots.become(
    'ledger',
    (ledger?.slots ?? []).map(({ runUID }) => runUID),
    now(),
  )
}
