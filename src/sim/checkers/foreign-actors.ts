import type { Checker, Truth } from './checker.ts'
import { deedOf } from './deeds.ts'
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
      const deed = deedOf(happening, truth)
      const owner = deed && owned.of(deed.nodeName, truth)
      if (deed === undefined || owner === undefined || deed.sentAt <= owner.knownFrom) return undefined
      return `${deed.what}, although ${owner.what}`
    },
  }
}

const acting: readonly string[] = ['Cordoning', 'Draining', 'Treating', 'Verifying']

function twoRunsAct({ runs }: Truth): string | undefined {
  const names = runs
    .filter(({ spec, status }) => spec?.dryRun === false && acting.includes(status.step?.name ?? ''))
    .map(({ spec }) => spec?.node.name ?? '')
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice === undefined ? undefined : `two runs act on ${twice} at once`
}
