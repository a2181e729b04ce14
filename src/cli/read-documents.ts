import { type Document, parseAllDocuments } from 'yaml'
import { isObject, type JsonObject } from '../kernel/json.ts'

interface ReadDocument {
  /** Counted from one, empty documents left out. */
  readonly number: number
  readonly object: JsonObject
}

export interface ReadDocuments {
  readonly documents: readonly ReadDocument[]
  /** What is no YAML, or no object, with its line. */
  readonly problems: readonly string[]
}

/** The objects of one file of YAML or JSON; a List gives its items. */
export function readDocuments(text: string): ReadDocuments {
  const problems: string[] = []
  const objects: JsonObject[] = []
  for (const document of parseAllDocuments(text)) {
    const read = valueOf(document)
    if (!read.ok) {
      problems.push(read.problem)
      continue
    }
    const { value } = read
    if (value === null || value === undefined) continue
    if (isObject(value)) objects.push(...itemsOf(value))
    else
      problems.push(`a document must be an object, and one is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}`)
  }
  return { documents: objects.map((object, index) => ({ number: index + 1, object })), problems }
}

type ReadValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string }

function valueOf(document: Pick<Document, 'errors' | 'toJS'>): ReadValue {
  const [first] = document.errors
  try {
    if (first !== undefined) throw first
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, problem: message.split('\n')[0] ?? message }
  }
}

const itemsOf = (object: JsonObject): readonly JsonObject[] =>
  object['kind'] === 'List' && Array.isArray(object['items']) ? object['items'].filter(isObject) : [object]
