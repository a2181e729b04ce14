import type { Episode } from '../../api/episode.ts'
import { type JournalLine, redactedText, whensOf } from '../../api/journal-line.ts'
import { unreachable } from '../../kernel/assert.ts'
import { decide as decideHealth } from '../detect/decide.ts'
import { decide as decideRun } from '../remediation/decide.ts'
import { type GradeView, gradeOf } from '../remediation/grade.ts'
import { decideTriage } from '../triage/decide.ts'
import { type Difference, firstDifference } from './difference.ts'
import { type Look, revived } from './revive.ts'

export interface Replay {
  /** Looks that were decided again. */
  readonly decided: number
  readonly differences: readonly Difference[]
}

/** Every recorded look, decided by today's code on what was seen then. */
export function replay({ entries }: Episode): Replay {
  const differences: Difference[] = []
  let decided = 0
  for (const line of entries) {
    const again = decidedAgain(line)
    if (again === undefined) continue
    decided += 1
    const found = again.ok ? firstDifference(line.decision, again.decision) : unreadable(again.why)
    if (found !== undefined) differences.push({ ...whereOf(line), ...found })
  }
  return { decided, differences }
}

export const whereOf = ({ time, controller, key }: JournalLine): Pick<Difference, 'time' | 'controller' | 'key'> => ({
  time,
  controller,
  key,
})

export const unreadable = (why: string): Pick<Difference, 'was' | 'is'> => ({
  was: 'was decided',
  is: `cannot be decided by this version: ${why}`,
})

type Again = { readonly ok: true; readonly decision: unknown } | { readonly ok: false; readonly why: string }

/** Through the same JSON as what was recorded, so that nothing differs but what does. */
function decidedAgain(line: JournalLine): Again | undefined {
  try {
    const look = revived(line)
    if (look === undefined) return undefined
    const decision: unknown = JSON.parse(redactedText(decisionOf(look), whensOf(line.observation)))
    return { ok: true, decision }
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) }
  }
}

function decisionOf(look: Look): unknown {
  switch (look.kind) {
    case 'health':
      return decideHealth(look.seen)
    case 'triage':
      return decideTriage(look.seen)
    case 'remediation':
      return decideRun(look.seen)
    case 'grades':
      return gradeDecided(look.seen)
    default:
      return unreachable(look)
  }
}

/** Only what was graded is journaled, and then as the grade alone. */
function gradeDecided(seen: GradeView): unknown {
  const answer = gradeOf(seen)
  return answer.kind === 'Graded' ? answer.grade : answer
}
