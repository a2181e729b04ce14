import { safeText } from '../../kernel/hostile-text.ts'

/**
 * Plain columns, as kubectl prints them: nothing but spaces between, and no space at the end of a line. What would break a line is
 * shown.
 */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const lines = [titles, ...rows].map((cells) => cells.map((cell) => safeText(cell, Number.POSITIVE_INFINITY)))
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  )
}
