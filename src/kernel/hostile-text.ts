/** Text that a node or a pod wrote: control characters shown, never obeyed, and its length bounded. */
export function safeText(text: string, lengthMax = 256): string {
  if (text.length <= lengthMax && plain.test(text)) return text
  // What is shown is never shorter: of a message without end nobody has to look at more than fits.
  const visible = text
    .slice(0, lengthMax + 1)
    .replaceAll(unprintable, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
  // A cut may leave half a character, for which the API server would store another one.
  return (visible.length > lengthMax ? `${visible.slice(0, lengthMax - 1)}…` : visible).toWellFormed()
}

/** The ordinary case: there is nothing to show and nothing to cut. */
const plain = /^[\u0020-\u007e]*$/

/** C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of writing. */
// oxlint-disable-next-line no-control-regex -- to find these characters is what it is for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** The same JSON, fit for a terminal: what `safeText` shows is escaped within texts, so that it is read back as it was. */
export const printableJson = (json: string): string =>
  json.replaceAll(unescaped, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)

/** JSON escapes C0 controls itself, and the others need not be. */
const unescaped = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
