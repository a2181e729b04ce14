import { stringify } from 'yaml'
import { isObject, type JsonObject, listAt, textAt } from '../../../src/kernel/json.ts'

const columns = 120

/** `values.yaml` from the schema: above each value what it means, and in comments what it could be. Throws where nothing is said. */
export const valuesFile = (schema: JsonObject): string => `${membersOf(schema, '').join('\n').trimStart()}\n`

/** A member of the values, and the path of the object that it stands in. */
interface Member {
  readonly name: string
  readonly schema: JsonObject
  readonly path: string
}

/** Not indented. At the top, each value has an empty line before it. */
const membersOf = (schema: JsonObject, path: string): readonly string[] =>
  objectsIn(schema).flatMap(([name, member]) => {
    const place = { name, schema: member, path: `${path}${name}` }
    const lines = [...commentOf(place), ...valueOf(place)]
    return path === '' ? ['', ...lines] : lines
  })

function valueOf({ name, schema, path }: Member): readonly string[] {
  const { default: value } = schema
  const [example] = listAt(schema, 'examples')
  const members = example === undefined && (value === undefined || isEmpty(value)) ? membersOf(schema, `${path}.`) : []
  if (members.length > 0) return [`${name}:`, ...indented(members)]
  if (value === undefined) return commented(yaml({ [name]: example }))
  const below = example === undefined ? [] : indented(commented(yaml(example)))
  return [...yaml({ [name]: value }), ...below]
}

/** The members that the schema lists, which have schemas of their own. */
const objectsIn = ({ properties }: JsonObject): readonly (readonly [string, JsonObject])[] =>
  Object.entries(isObject(properties) ? properties : {}).flatMap(([name, member]) =>
    isObject(member) ? [[name, member] as const] : [],
  )

const isEmpty = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0
const yaml = (value: unknown): readonly string[] => stringify(value, { lineWidth: 0 }).trimEnd().split('\n')
const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`)
const commented = (lines: readonly string[]): readonly string[] => lines.map((line) => `# ${line}`)

function commentOf({ schema, path }: Member): readonly string[] {
  const description = textAt(schema, 'description')
  if (description === undefined) throw new Error(`the value ${path} has no description`)
  const width = columns - 2 * path.split('.').length
  const lines: string[] = []
  for (const word of description.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines.splice(-1, 1, `${last} ${word}`)
    else lines.push(word)
  }
  return commented(lines)
}
