import {
  at,
  flagAt,
  isObject,
  type JsonObject,
  listAt,
  numberAt,
  stableStringify,
  textAt,
} from '../../../kernel/json.ts'
import type { Cause } from './cause.ts'
import { checkCrd } from './check-crd.ts'
import type { CompiledCrd, CompiledVersion, PrinterColumn, SelectableField } from './compiled-crd.ts'
import { defaultCrd } from './default-crd.ts'
import { parseJsonPath } from './json-path.ts'
import { judge } from './judge.ts'

export type CrdOutcome =
  | { readonly ok: true; readonly value: CompiledCrd }
  | { readonly ok: false; readonly causes: readonly Cause[] }

/** Judges a CustomResourceDefinition as the real server does on create, and readies it to judge objects. */
export function compileCrd(given: JsonObject): CrdOutcome {
  const crd = defaultCrd(given)
  const { name, annotations } = isObject(crd['metadata']) ? crd['metadata'] : {}
  const judged = stableStringify({ name, annotations, spec: crd['spec'], stored: at(crd, 'status', 'storedVersions') })
  const known = outcomes.get(judged)
  if (known !== undefined) return known
  const outcome = compile(crd)
  if (outcomes.size >= outcomesMax) outcomes.clear()
  outcomes.set(judged, outcome)
  return outcome
}

/** Every write of a CRD's status and every simulated server ask again about the same few CRDs. */
const outcomes = new Map<string, CrdOutcome>()
const outcomesMax = 100

function compile(crd: JsonObject): CrdOutcome {
  const causes = checkCrd(crd)
  if (causes.length > 0) return { ok: false, causes }
  const nameAt = (member: string): string => textAt(crd, 'spec', 'names', member) ?? ''
  const textsAt = (member: string): readonly string[] =>
    listAt(crd, 'spec', 'names', member).filter((name) => typeof name === 'string')
  const group = textAt(crd, 'spec', 'group') ?? ''
  const kind = nameAt('kind')
  const versions = listAt(crd, 'spec', 'versions').filter(isObject)
  const storage = versions.find((version) => flagAt(version, 'storage'))
  return {
    ok: true,
    value: {
      group,
      kind,
      listKind: nameAt('listKind'),
      plural: nameAt('plural'),
      singular: nameAt('singular'),
      shortNames: textsAt('shortNames'),
      categories: textsAt('categories'),
      namespaced: textAt(crd, 'spec', 'scope') === 'Namespaced',
      storageVersion: textAt(storage, 'name') ?? '',
      versions: Object.fromEntries(
        versions.map((version) => [textAt(version, 'name') ?? '', compileVersion({ group, kind, version })]),
      ),
    },
  }
}

function compileVersion(named: {
  readonly group: string
  readonly kind: string
  readonly version: JsonObject
}): CompiledVersion {
  const { version } = named
  const schema = at(version, 'schema', 'openAPIV3Schema')
  const given = isObject(schema) ? schema : {}
  return {
    name: textAt(version, 'name') ?? '',
    served: flagAt(version, 'served'),
    storage: flagAt(version, 'storage'),
    deprecation: deprecationOf(named),
    hasStatus: at(version, 'subresources', 'status') !== undefined,
    selectableFields: listAt(version, 'selectableFields').map((field) =>
      selectableField(textAt(field, 'jsonPath') ?? ''),
    ),
    printerColumns: listAt(version, 'additionalPrinterColumns').map((column) => printerColumn(column)),
    schema: given,
    ...judge(given),
  }
}

function deprecationOf({
  group,
  kind,
  version,
}: {
  readonly group: string
  readonly kind: string
  readonly version: JsonObject
}): string | undefined {
  if (!flagAt(version, 'deprecated')) return undefined
  return textAt(version, 'deprecationWarning') ?? `${group}/${textAt(version, 'name') ?? ''} ${kind} is deprecated`
}

/** The real server prints values with Go's `%v`: text as it is, and nothing for null. */
function selectableField(jsonPath: string): SelectableField {
  const select = selectorOf(jsonPath)
  return {
    path: jsonPath.replace(/^\./, ''),
    valueOf: (object) => {
      const [value] = select(object)
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
    },
  }
}

function printerColumn(column: unknown): PrinterColumn {
  const jsonPath = textAt(column, 'jsonPath') ?? ''
  return {
    name: textAt(column, 'name') ?? '',
    type: textAt(column, 'type') ?? '',
    format: textAt(column, 'format') ?? '',
    description: textAt(column, 'description') || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: numberAt(column, 'priority') ?? 0,
    select: selectorOf(jsonPath),
  }
}

/** Paths were checked with the CRD. */
const selectorOf = (jsonPath: string): ((object: JsonObject) => readonly unknown[]) => {
  const parsed = parseJsonPath(jsonPath)
  return parsed.ok ? parsed.select : () => []
}
