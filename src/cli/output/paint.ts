import type { CliContext } from '../context.ts'

/** What a colour stands for. A word says the same beside it, always. */
export type Tone = 'Bad' | 'Doubt' | 'Good' | 'Quiet'

/** Of the terminal's own sixteen, so that its theme decides about contrast. */
const codes: Readonly<Record<Tone, number>> = { Bad: 31, Doubt: 33, Good: 32, Quiet: 90 }

export const paint = (
  { colours }: Pick<CliContext['terminal'], 'colours'>,
  tone: Tone | undefined,
  text: string,
): string => (colours && tone !== undefined ? `\u001B[${codes[tone]}m${text}\u001B[0m` : text)
