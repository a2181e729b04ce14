import { type Section, unreachable } from './expected.ts'

/** The table as people read it, and what is missing. */
export interface Table {
  readonly lines: readonly string[]
  readonly empty: readonly string[]
}

/** `counts`: in how many seeds each mark was met. */
export function tableOf(sections: readonly Section[], counts: ReadonlyMap<string, number>): Table {
  const empty = sections.flatMap(({ cells }) => cells.filter((cell) => isEmpty(cell, counts)))
  return { lines: sections.flatMap((section) => linesOf(section, counts)), empty }
}

const isEmpty = (cell: string, counts: ReadonlyMap<string, number>): boolean =>
  !counts.has(cell) && unreachable[cell] === undefined

const rareMax = 10

/** A section of few cells is listed; of many only what is rare or missing is named. */
function linesOf({ title, cells }: Section, counts: ReadonlyMap<string, number>): readonly string[] {
  const met = cells.filter((cell) => counts.has(cell))
  const missing = cells.filter((cell) => isEmpty(cell, counts))
  const excused = cells.filter((cell) => !counts.has(cell) && unreachable[cell] !== undefined)
  const rare = met.toSorted((left, right) => (counts.get(left) ?? 0) - (counts.get(right) ?? 0)).slice(0, rareMax)
  return [
    `${title}: ${met.length} of ${cells.length} cells`,
    `  rarest: ${rare.map((cell) => `${nameOf(cell)} ${counts.get(cell) ?? 0}`).join(', ')}`,
    ...excused.map((cell) => `  cannot be met: ${nameOf(cell)}, ${unreachable[cell] ?? ''}`),
    ...(missing.length === 0 ? [] : [`  EMPTY: ${missing.map(nameOf).join(', ')}`]),
  ]
}

const nameOf = (cell: string): string => cell.slice(cell.indexOf('/') + 1)
