const reserved = new Set(
  (
    'true false null in as break const continue else for function if import let loop package namespace return var ' +
    'void while'
  ).split(' '),
)

const escapes: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
}

/** Field names are few, and asked for with every value. */
const known = new Map<string, string | undefined>()
const knownMax = 10_000

/** How a rule writes a field: `self.__namespace__`, `self.a__dash__b`. Undefined: no rule can name this field. */
export function escapeName(name: string): string | undefined {
  if (known.has(name)) return known.get(name)
  const escaped = escape(name)
  if (known.size < knownMax) known.set(name, escaped)
  return escaped
}

function escape(name: string): string | undefined {
  if (name === '' || /^\d/.test(name) || /[^\w./-]/.test(name)) return undefined
  if (reserved.has(name)) return `__${name}__`
  return name.replaceAll(/__|[./-]/g, (found) => escapes[found] ?? found)
}
