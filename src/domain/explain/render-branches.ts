import { rfc3339 } from '../../kernel/time.ts'
import type { Branch, BranchOutcome, SignalKnown, SignalTurn } from './branches.ts'
import { wrapped } from './wrapped.ts'

/** The tree as people read it, in its order: the first that holds counts. */
export function renderBranches(policyName: string, branches: readonly Branch[]): readonly string[] {
  const outcomeWidth = widest(branches.map(({ outcome }) => outcome))
  const nameWidth = widest(branches.map(({ diagnosis }) => diagnosis))
  const lines = branches.flatMap((branch) =>
    wrapped(
      `  ${branch.outcome.padEnd(outcomeWidth)}  ${branch.diagnosis.padEnd(nameWidth)}  `,
      describeBranch(branch),
    ),
  )
  return [`Diagnoses of ${policyName}, the first that holds counts`, ...lines]
}

/** One sentence: why the branch was taken or not, and what would have changed it. */
function describeBranch(branch: Branch): string {
  const { outcome, when, signals, because } = branch
  const states = because === undefined ? describeStates(signals) : [...describeStates(signals), because]
  const turned = describeChanges(branch)
  const why = [...states, ...(turned === undefined ? [] : [turned])].join('; ')
  // A `when` that is one signal says no more than its state does.
  return when === signals[0]?.name ? why : `${when}: ${outcome === 'Unread' ? because : why}`
}

const states = ['True', 'False', 'Unknown'] as const

function describeStates(signals: readonly SignalKnown[]): readonly string[] {
  const grouped = states.flatMap((state) => {
    const names = signals.filter((signal) => signal.state === state).map(describeSignal)
    return names.length === 0 ? [] : [`${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} ${state}`]
  })
  return grouped.length === 0 ? ['it reads no signal'] : grouped
}

function describeSignal({ name, reason, state, holdUntil }: SignalKnown): string {
  if (state === 'Unknown' && reason !== undefined) return `${name} (${reason})`
  return holdUntil === undefined ? name : `${name} (hold until ${rfc3339(holdUntil)})`
}

const wouldBe: Readonly<Record<BranchOutcome, string>> = {
  Taken: 'would not match',
  Held: 'would not match',
  Behind: 'would not match',
  Unmatched: 'would match',
  Unknown: 'would match',
  Unread: '',
}

/** A tree over many signals has many ways: people need a few. */
const changesShown = 3

function describeChanges({ outcome, changes, because, numbers }: Branch): string | undefined {
  if (changes.length === 0 && because !== undefined) return undefined
  if (changes.length === 0)
    return numbers.length === 0 ? 'no two signals would change that' : `${numbers.join(', ')} would decide as well`
  const shown = changes.slice(0, changesShown).map(describeTurns)
  const more = changes.length > changesShown ? `, and ${changes.length - changesShown} more ways` : ''
  return `${wouldBe[outcome]} if ${shown.join(', or if ')}${more}`
}

function describeTurns(turns: readonly SignalTurn[]): string {
  const [first, ...rest] = turns
  const isAlike = rest.every(({ to }) => to === first?.to)
  const told = turns.map(({ signal, to }, index) => (isAlike && index < rest.length ? signal : `${signal} were ${to}`))
  return told.join(' and ')
}

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))
