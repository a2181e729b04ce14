/** Plain columns, as kubectl prints them: nothing but spaces between, and no space at the end of a line. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const lines = [titles, ...rows]
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  )
}
