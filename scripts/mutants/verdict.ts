import type { Look } from './look.ts'
import { lookAtSeeds } from './look-at-seeds.ts'
import { lookAtTests } from './look-at-tests.ts'
import type { Sabotage } from './sabotage.ts'
import { seedsMaxDefault } from './sabotage.ts'

export type Verdict = Exclude<Look, { kind: 'Quiet' }> | { readonly kind: 'Survived'; readonly seeds: number }

/** Where one can look, so that tests need not start programs. */
export interface Looks {
  readonly tests: (paths: readonly string[]) => Promise<Look>
  readonly seeds: (count: number) => Promise<Look>
}

export const looksAt = (copy: string): Looks => ({
  tests: async (paths) => await lookAtTests(copy, paths),
  seeds: async (count) => await lookAtSeeds(copy, count),
})

/** Tests first, for they are fast and say what is wrong; the simulator for what they leave. */
export async function verdictOf(
  looks: Looks,
  { file, tests = [], seedsMax }: Pick<Sabotage, 'file' | 'tests' | 'seedsMax'>,
): Promise<Verdict> {
  const seeds = seedsMax ?? seedsMaxDefault
  const inTurn = [
    async () => await looks.tests([...tests, folderOf(file)]),
    async () => await looks.seeds(seeds),
    async () => await looks.tests(['src']),
  ]
  let hanging: Verdict | undefined
  for (const look of inTurn) {
    const seen = await look()
    if (seen.kind === 'Test' || seen.kind === 'Seed' || seen.kind === 'DoesNotRun') return seen
    // Time that ran out says nothing: somebody else may still say what is wrong.
    if (seen.kind === 'Hangs') hanging ??= seen
  }
  return hanging ?? { kind: 'Survived', seeds }
}

const folderOf = (file: string): string => `${file.split('/').slice(0, -1).join('/')}/`

/** By somebody who says what is wrong. What does not run proves nothing, and what hangs only where just that was meant to happen. */
export function isNoticed({ hangs = false }: Pick<Sabotage, 'hangs'>, { kind }: Verdict): boolean {
  return kind === 'Test' || kind === 'Seed' || (kind === 'Hangs' && hangs)
}

export function inWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'Test':
      return verdict.test
    case 'Seed':
      return `seed ${verdict.seed}: ${verdict.violation}`
    case 'Hangs':
      return `HANGS: ${verdict.where}`
    case 'DoesNotRun':
      return `DOES NOT RUN: ${verdict.because}`
    default:
      return `SURVIVED ${verdict.seeds} seeds`
  }
}
