import type { Instant } from '../../kernel/time.ts'
import { actOf, isDisruptive } from './acts.ts'
import type { Checker, Happening, Truth } from './checker.ts'
import { ForeignOwners } from './foreign-owners.ts'

/** No effect on a node that another actor owns, for as long as a live look shows it; and of ours there is one run at a time. */
export function nodesHaveOneActor(): Checker {
  const owned = new ForeignOwners()
  return {
    invariant: 'I11',
    judge: (happening, truth) => {
      owned.take(happening, truth)
      const twice = happening.kind === 'Changed' ? twoRunsAct(truth) : undefined
      if (twice !== undefined) return twice
      const effect = effectOf(happening, truth)
      const owner = effect && owned.of(effect.nodeName, truth)
      if (effect === undefined || owner === undefined || effect.sentAt <= owner.knownFrom) return undefined
      return `${effect.what}, although ${owner.what}`
    },
  }
}

interface Effect {
  readonly what: string
  readonly nodeName: string
  readonly sentAt: Instant
}

/** To switch on gives back. */
function effectOf(happening: Happening, truth: Truth): Effect | undefined {
  if (happening.kind === 'Process' && happening.event.kind === 'PowerOrdered') {
    const nodeName = truth.world.nodeOfBmc(happening.event.address)
    const { command } = happening.event
    return command === 'On' ? undefined : { what: `the power-off of ${nodeName}`, nodeName, sentAt: truth.now() }
  }
  const act = happening.kind === 'Served' ? actOf(happening.served, truth) : undefined
  if (happening.kind !== 'Served' || act === undefined || !isDisruptive(act)) return undefined
  return { what: act.what, nodeName: act.nodeName, sentAt: happening.served.sentAt }
}

const acting: readonly string[] = ['Cordoning', 'Draining', 'Treating', 'Verifying']

function twoRunsAct({ runs }: Truth): string | undefined {
  const names = runs
    .filter(({ spec, status }) => spec?.dryRun === false && acting.includes(status.step?.name ?? ''))
    .map(({ spec }) => spec?.node.name ?? '')
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice === undefined ? undefined : `two runs act on ${twice} at once`
}
