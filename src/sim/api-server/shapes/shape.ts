import { unreachable } from '../../../kernel/assert.ts'
import builtInShapes from './built-in-shapes.json' with { type: 'json' }

/** What a Go type of k8s.io/api says about a JSON value. Recorded by scripts/built-in-shapes. */
export type Shape =
  | { readonly kind: 'Scalar'; readonly scalar: string }
  | { readonly kind: 'List'; readonly of: Shape }
  | { readonly kind: 'Map'; readonly of: Shape }
  | Struct

export interface Struct {
  readonly kind: 'Struct'
  /** `core.v1.NodeSpec` */
  readonly name: string
  readonly fields: ReadonlyMap<string, Field>
}

export interface Field {
  readonly name: string
  readonly shape: Shape
  /** Absent and zero differ. */
  readonly pointer: boolean
  readonly omitEmpty: boolean
  readonly omitZero: boolean
  readonly patch: PatchRule
}

/** How a strategic merge patch treats the field. */
export interface PatchRule {
  readonly merge: boolean
  readonly replace: boolean
  readonly retainKeys: boolean
  readonly mergeKey: string | undefined
}

const recorded: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map(Object.entries(builtInShapes))
const structs = new Map<string, Struct>()

/** Undefined: not a built-in type that this server knows. */
export function structNamed(name: string): Struct | undefined {
  const known = structs.get(name)
  const fields = recorded.get(name)
  if (known !== undefined || fields === undefined) return known
  const read = new Map<string, Field>()
  const struct: Struct = { kind: 'Struct', name, fields: read }
  structs.set(name, struct)
  for (const [field, text] of Object.entries(fields)) read.set(field, readField(field, text))
  return struct
}

const anything: Shape = { kind: 'Scalar', scalar: 'any' }

/** `[]@core.v1.Container?|merge=name`: the type, then `*` pointer, `?` omitempty, `!` omitzero, then the patch rule. */
function readField(name: string, text: string): Field {
  const [declaration = '', rule = ''] = text.split('|')
  const [, type = '', marks = ''] = /^(.*?)([*?!]*)$/.exec(declaration) ?? []
  const [strategies = '', mergeKey] = rule.split('=')
  const chosen = strategies.split(',')
  return {
    name,
    shape: readShape(type),
    pointer: marks.includes('*'),
    omitEmpty: marks.includes('?'),
    omitZero: marks.includes('!'),
    patch: {
      merge: chosen.includes('merge'),
      replace: chosen.includes('replace'),
      retainKeys: chosen.includes('retainKeys'),
      mergeKey,
    },
  }
}

function readShape(text: string): Shape {
  if (text.startsWith('[]')) return { kind: 'List', of: readShape(text.slice(2)) }
  if (text.startsWith('{}')) return { kind: 'Map', of: readShape(text.slice(2)) }
  if (text.startsWith('@')) return structNamed(text.slice(1)) ?? anything
  return { kind: 'Scalar', scalar: text }
}

/** As Go prints the type in its error texts: `[]v1.Taint`. */
export function goTypeOf(shape: Shape): string {
  switch (shape.kind) {
    case 'List':
      return `[]${goTypeOf(shape.of)}`
    case 'Map':
      return `map[string]${goTypeOf(shape.of)}`
    case 'Struct':
      return shape.name.split('.').slice(-2).join('.')
    case 'Scalar':
      return goScalars[shape.scalar] ?? shape.scalar
    default:
      return unreachable(shape)
  }
}

const goScalars: Readonly<Record<string, string>> = {
  time: 'v1.Time',
  microtime: 'v1.MicroTime',
  quantity: 'resource.Quantity',
  intstr: 'intstr.IntOrString',
  bytes: '[]uint8',
}
