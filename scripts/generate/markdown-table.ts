/** As code within a table, where a bar would end the cell. */
export const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``

export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
