import { isObject } from '../../kernel/json.ts'
import { jsonText } from './json-text.ts'

/** A list longer than this is written in pieces: 353 MB of pods fit into no single string. */
const itemsAtOnceMax = 100

/** Pieces of about this many characters: large enough for few writes, small enough for many readers. */
export const pieceCharsMax = 64 * 1_024

export const isLong = (body: unknown): boolean => membersOf(body) !== undefined

/** The JSON of an answer, piece by piece. The items of a list, or the rows of a table, are never all text at once. */
export function* jsonPieces(body: unknown): Generator<string> {
  const long = membersOf(body)
  if (long === undefined || !isObject(body)) {
    yield jsonText(body)
    return
  }
  const { [long.name]: _, ...rest } = body
  let piece = `${JSON.stringify(rest).slice(0, -1)}${Object.keys(rest).length === 0 ? '' : ','}"${long.name}":[`
  for (const [index, member] of long.members.entries()) {
    piece += index === 0 ? memberText(member) : `,${memberText(member)}`
    if (piece.length < pieceCharsMax) continue
    yield piece
    piece = ''
  }
  yield `${piece}]}`
}

function membersOf(body: unknown): { readonly name: string; readonly members: readonly unknown[] } | undefined {
  if (!isObject(body)) return undefined
  for (const name of ['items', 'rows']) {
    const members = body[name]
    if (Array.isArray(members) && members.length > itemsAtOnceMax) return { name, members }
  }
  return undefined
}

/** A row is made for one answer, the object in it is not. */
function memberText(member: unknown): string {
  if (!isObject(member) || !Array.isArray(member['cells'])) return jsonText(member)
  const { object, ...row } = member
  return `${JSON.stringify(row).slice(0, -1)},"object":${jsonText(object)}}`
}
