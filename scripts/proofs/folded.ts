const pieceMax = 12
const repeatsMin = 4
const foldedMin = 12

/** A text as it would be written in code, with what stands there again and again told once: `"[" + 3 × "ab"`. */
export function folded(text: string): string {
  const parts: string[] = []
  let plain = ''
  for (let index = 0; index < text.length; ) {
    const { piece, repeats } = repeatedAt(text, index)
    if (repeats === 0) {
      plain += text[index]
      index += 1
    } else {
      if (plain !== '') parts.push(JSON.stringify(plain))
      parts.push(`${repeats} × ${JSON.stringify(piece)}`)
      plain = ''
      index += piece.length * repeats
    }
  }
  return [...parts, ...(plain === '' && parts.length > 0 ? [] : [JSON.stringify(plain)])].join(' + ')
}

/** The piece that fills most of what follows; repeats 0: none is worth it. */
function repeatedAt(text: string, from: number): { readonly piece: string; readonly repeats: number } {
  let best = { piece: '', repeats: 0 }
  for (let length = 1; length <= pieceMax; length += 1) {
    const piece = text.slice(from, from + length)
    let repeats = 1
    while (text.startsWith(piece, from + repeats * length) && from + (repeats + 1) * length <= text.length) repeats += 1
    const filled = repeats * length
    if (repeats >= repeatsMin && filled >= foldedMin && filled > best.repeats * best.piece.length)
      best = { piece, repeats }
  }
  return best
}
