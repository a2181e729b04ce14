const ordinaryColumns = 120

/** Long sentences go on under their beginning. */
export function wrapped(margin: string, text: string, columnsMax = ordinaryColumns): readonly string[] {
  const lines: string[] = []
  let line = margin
  for (const word of text.split(' ')) {
    const isFirst = line.trimEnd() === margin.trimEnd() && (lines.length === 0 || line.trim() === '')
    if (!isFirst && line.length + 1 + word.length > columnsMax) {
      lines.push(line)
      line = `${' '.repeat(margin.length)}${word}`
    } else line = isFirst ? `${line}${word}` : `${line} ${word}`
  }
  return [...lines, line].map((whole) => whole.trimEnd())
}
