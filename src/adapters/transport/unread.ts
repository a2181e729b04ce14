/** The names of members that nobody reads, ready to be compared with bytes. */
export type Unread = readonly Buffer[]

export const unreadOf = (names: readonly string[] = []): Unread => names.map((name) => Buffer.from(name))

/**
 * JSON text in which the lists and objects of some members are null. They are passed by as bytes, which costs a fraction of
 * parsing them: three quarters of a pod are its containers and the bookkeeping of who wrote which field.
 */
export function textWithout(bytes: Buffer, unread: Unread): string {
  if (unread.length === 0) return bytes.toString('utf8')
  let text = ''
  let from = 0
  for (let at = bytes.indexOf(quote); at >= 0 && at < bytes.length; at = nextQuote(bytes, at + 1)) {
    const nameEnd = endOfText(bytes, at)
    const begin = nameEnd + 2
    // Only the name of a member is followed by a colon.
    if (
      bytes[nameEnd + 1] === colon &&
      isOpening(bytes[begin]) &&
      isOneOf(unread, bytes, { begin: at + 1, end: nameEnd })
    ) {
      text += `${bytes.toString('utf8', from, begin)}null`
      from = endOf(bytes, begin)
      at = from - 1
    } else at = nameEnd
  }
  return text + bytes.toString('utf8', from)
}

const [quote, backslash, colon, openBracket, closeBracket, openBrace, closeBrace] = [
  0x22, 0x5c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d,
]

const isOpening = (byte: number | undefined): boolean => byte === openBracket || byte === openBrace

function isOneOf(
  unread: Unread,
  bytes: Buffer,
  { begin, end }: { readonly begin: number; readonly end: number },
): boolean {
  return unread.some((name) => name.length === end - begin && name.equals(bytes.subarray(begin, end)))
}

function nextQuote(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== quote) at += 1
  return at
}

function endOfText(bytes: Buffer, begin: number): number {
  let at = begin + 1
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at
}

/** By far most bytes mean nothing here: a table is the quickest way to pass them by. */
const meaning = new Uint8Array(256)
const [opens, closes, quotes] = [1, 2, 3]
for (const byte of [openBracket, openBrace]) meaning[byte] = opens
for (const byte of [closeBracket, closeBrace]) meaning[byte] = closes
meaning[quote] = quotes

/** Where the list or object ends that begins here; the end of all bytes where it does not end. */
function endOf(bytes: Buffer, begin: number): number {
  let depth = 0
  for (let at = begin; at < bytes.length; at += 1) {
    const means = meaning[bytes[at] ?? 0]
    if (means === 0) continue
    if (means === quotes) at = endOfText(bytes, at)
    else if (means === opens) depth += 1
    else if (depth === 1) return at + 1
    else depth -= 1
  }
  return bytes.length
}
