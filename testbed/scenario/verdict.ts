/** One thing that must be true of what happened, in words. */
export interface Check {
  readonly sentence: string
  readonly holds: boolean
  /** What was seen instead, or in support. */
  readonly seen?: string
  /** What the story is about: told again in the table of all stories. */
  readonly headline?: true
}

export interface Verdict {
  readonly passed: boolean
  readonly checks: readonly Check[]
  readonly lines: readonly string[]
}

/** A story without a check proves nothing, so it does not pass. */
export function verdictOf(title: string, checks: readonly Check[]): Verdict {
  const broken = checks.filter(({ holds }) => !holds).length
  const passed = checks.length > 0 && broken === 0
  const summary = passed ? `as told: ${title}` : `not as told: ${title}: ${broken} of ${checks.length} do not hold`
  return { passed, checks, lines: [...checks.map(render), summary] }
}

const render = ({ sentence, holds, seen }: Check): string =>
  `  ${holds ? 'holds ' : 'BROKEN'}  ${sentence}${seen === undefined ? '' : ` (${seen})`}`
