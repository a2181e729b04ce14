import { isObject, type Json } from '../../../kernel/json.ts'
import { deepEqual, textOf } from '../objects/fields.ts'

/** The patch does not fit the document; the real server gives no more than that away. */
export class RejectedPatchError extends Error {
  override readonly name = 'RejectedPatchError'
}

/**
 * RFC 6902 with the habits of the library that the real server uses: `replace` adds a member that is missing, `copy` of a
 * missing one gives null, `test` takes a missing one for null, and a negative index counts from the end.
 */
export function jsonPatch(document: Json, operations: readonly Json[]): Json {
  return operations.reduce((current: Json, operation) => applyOperation(current, operation), document)
}

function applyOperation(document: Json, operation: Json): Json {
  if (!isObject(operation)) throw new RejectedPatchError('an operation is an object')
  const { value = null } = operation
  const path = pointer(operation['path'])
  switch (textOf(operation['op'])) {
    case 'add':
      return change(document, path, (parent, key) => added(parent, key, value))
    case 'remove':
      return change(document, path, removed)
    case 'replace':
      return change(document, path, (parent, key) => replaced(parent, key, value))
    case 'test':
      if (!deepEqual(valueAt(document, path), value)) throw new RejectedPatchError('the test failed')
      return document
    case 'copy':
      return applyOperation(document, {
        op: 'add',
        path: operation['path'] ?? null,
        value: unfrozen(valueAt(document, pointer(operation['from']))),
      })
    case 'move':
      return move(document, pointer(operation['from']), path)
    default:
      throw new RejectedPatchError('unknown operation')
  }
}

/** What comes to stand at another place has to be read again as what belongs there: only what stayed in its place is frozen. */
const unfrozen = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(unfrozen)
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unfrozen(member ?? null)]))
    : value
}

function move(document: Json, from: readonly string[], to: readonly string[]): Json {
  const value = unfrozen(valueAt(document, from))
  return change(change(document, from, removed), to, (parent, key) => added(parent, key, value))
}

/** The empty pointer is the whole document. What stands before the first slash is ignored. */
function pointer(path: Json | undefined): readonly string[] {
  if (typeof path !== 'string') throw new RejectedPatchError('a path is missing')
  return path === ''
    ? []
    : path
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

type Container = Readonly<Record<string, Json | undefined>> | readonly Json[]

function change(document: Json, path: readonly string[], edit: (parent: Container, key: string) => Json): Json {
  const [step, ...rest] = path
  if (step === undefined) return wholeDocument(edit)
  if (!isContainer(document)) throw new RejectedPatchError('no such place')
  if (rest.length === 0) return edit(document, step)
  const child = memberOf(document, step)
  if (child === undefined || child === null) throw new RejectedPatchError('no such place')
  return replaced(document, step, change(child, rest, edit))
}

const wholeDocument = (edit: (parent: Container, key: string) => Json): Json => {
  const outcome = edit({}, 'document')
  return isObject(outcome) ? (outcome['document'] ?? null) : null
}

const isContainer = (value: Json): value is Container & Json => isObject(value) || Array.isArray(value)

const isList = (container: Container): container is readonly Json[] => Array.isArray(container)

function memberOf(container: Container, key: string): Json | undefined {
  if (!isList(container)) return Object.hasOwn(container, key) ? container[key] : undefined
  return container[indexIn(container, key, container.length - 1)]
}

function valueAt(document: Json, path: readonly string[]): Json {
  let current: Json | undefined = document
  for (const [depth, step] of path.entries()) {
    if (current === undefined || current === null || !isContainer(current))
      throw new RejectedPatchError('no such place')
    current = memberOf(current, step)
    if (current === undefined && depth < path.length - 1) throw new RejectedPatchError('no such place')
  }
  return current ?? null
}

function added(parent: Container, key: string, value: Json): Json {
  if (!isList(parent)) return { ...parent, [key]: value }
  return parent.toSpliced(key === '-' ? parent.length : indexIn(parent, key, parent.length), 0, value)
}

function replaced(parent: Container, key: string, value: Json): Json {
  if (!isList(parent)) return { ...parent, [key]: value }
  return parent.with(indexIn(parent, key, parent.length - 1), value)
}

function removed(parent: Container, key: string): Json {
  if (isList(parent)) return parent.toSpliced(indexIn(parent, key, parent.length - 1), 1)
  if (!Object.hasOwn(parent, key)) throw new RejectedPatchError('nothing there to remove')
  const { [key]: _, ...rest } = parent
  return rest
}

function indexIn(list: readonly Json[], key: string, max: number): number {
  const given = /^-?\d+$/.test(key) ? Number(key) : Number.NaN
  const index = given < 0 ? given + list.length : given
  if (!(index >= 0 && index <= max)) throw new RejectedPatchError('no such index')
  return index
}
