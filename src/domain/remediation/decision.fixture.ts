import type { Decision } from './decision.ts'

export const commandsOf = (decision: Decision): readonly string[] =>
  decision.kind === 'Stay' ? decision.commands.map(({ kind }) => kind) : []

export const heldBy = (decision: Decision): string | undefined =>
  decision.kind === 'Stay' ? decision.held?.reason : undefined

/** A move to this step, as far as it is told. */
export const moves = (name: string, rest: object = {}) => ({ kind: 'Move', next: { name, ...rest } })
