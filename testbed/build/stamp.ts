import { createHash } from 'node:crypto'

/** Everything that decides what a built program is. */
export interface BuildInputs {
  readonly goMod: string
  readonly goSum: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Two builds with the same stamp give the same program, so the second need not happen. */
export function stampOf({ goMod, goSum, command, env }: BuildInputs): string {
  const settings = Object.entries(env).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([goMod, goSum, command, settings]))
    .digest('hex')
}
