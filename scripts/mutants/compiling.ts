import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ended } from './ended.ts'
import { type Sabotage, sabotaged } from './sabotage.ts'

/**
 * What the compiler says of those that do not compile. Types are stripped and not checked when a program starts, so that a name
 * that is not there is an error at the first use, which looks as if somebody had noticed.
 */
export async function uncompiled(copy: string, sabotages: readonly Sabotage[]): Promise<ReadonlyMap<Sabotage, string>> {
  const found = new Map<Sabotage, string>()
  for (const round of roundsOf(sabotages)) {
    const errors = errorsIn(await compiled(copy, round))
    for (const sabotage of round) {
      const error = errors.get(sabotage.file)
      if (error !== undefined) found.set(sabotage, error)
      errors.delete(sabotage.file)
    }
    // Broken elsewhere, by one of them: none of them can be trusted until somebody has looked.
    const [elsewhere] = errors
    if (elsewhere === undefined) continue
    for (const sabotage of round) found.set(sabotage, `${elsewhere[0]}: ${elsewhere[1]}`)
  }
  return found
}

/** The compiler reads everything each time: so as many at once as there are files, one of each. */
export function roundsOf(sabotages: readonly Sabotage[]): readonly (readonly Sabotage[])[] {
  const byFile = Map.groupBy(sabotages, ({ file }) => file)
  const count = Math.max(0, ...[...byFile.values()].map(({ length }) => length))
  return Array.from({ length: count }, (_, round) => [...byFile.values()].flatMap((ofFile) => ofFile[round] ?? []))
}

async function compiled(copy: string, round: readonly Sabotage[]): Promise<string> {
  const before = round.map(({ file }) => [join(copy, file), readFileSync(join(copy, file), 'utf8')] as const)
  for (const [index, [path, text]] of before.entries()) {
    const sabotage = round[index]
    if (sabotage !== undefined) writeFileSync(path, sabotaged(sabotage, text))
  }
  try {
    // What is cut out may leave a name that nobody uses any more.
    const words = ['-p', '.', '--pretty', 'false', '--noUnusedLocals', 'false', '--noUnusedParameters', 'false']
    const { output, isLate } = await ended(copy, ['node_modules/.bin/tsc', ...words])
    if (isLate) throw new Error('the compiler does not end')
    return output
  } finally {
    for (const [path, text] of before) writeFileSync(path, text)
  }
}

/** `src/x.ts(7,3): error TS2304: Cannot find name 'y'.`: the first of each file. */
export function errorsIn(output: string): Map<string, string> {
  const errors = new Map<string, string>()
  for (const [, file = '', error = ''] of output.matchAll(/^(\S+)\(\d+,\d+\): error (TS\d+: .*)$/gm)) {
    if (!errors.has(file)) errors.set(file, error)
  }
  return errors
}
