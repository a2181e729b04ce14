import { at, flagAt, isEqual, isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { type Cause, duplicate, forbidden, GoStruct, invalid, notSupported, required } from './cause.ts'
import { checkDefaults } from './check-defaults.ts'
import { checkSchema, fieldSchema } from './check-schema.ts'
import { checkStructural } from './check-structural.ts'
import { parseJsonPath } from './json-path.ts'
import { dns1035Fault, dnsSubdomainFault } from './names.ts'

/** What the real server says of a CustomResourceDefinition before it accepts it, apart from what CEL rules may cost. */
export function checkCrd(crd: JsonObject): readonly Cause[] {
  const group = textAt(crd, 'spec', 'group') ?? ''
  const plural = textAt(crd, 'spec', 'names', 'plural') ?? ''
  const name = textAt(crd, 'metadata', 'name') ?? ''
  const misnamed = name === `${plural}.${group}` ? [] : ['must be spec.names.plural+"."+spec.group']
  return [
    ...misnamed.map((detail) => invalid('metadata.name', name, detail)),
    ...checkGroup(group),
    ...checkScope(textAt(crd, 'spec', 'scope') ?? ''),
    ...checkVersions(crd),
    ...checkNames(crd),
    ...checkConversion(crd),
    ...checkStoredVersions(crd),
    ...checkApproval(crd, group),
  ]
}

function checkGroup(group: string): readonly Cause[] {
  if (group === '') return [required('spec.group', '')]
  const fault = dnsSubdomainFault(group)
  if (fault !== undefined) return [invalid('spec.group', group, fault)]
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

function checkScope(scope: string): readonly Cause[] {
  if (scope === '') return [required('spec.scope', '')]
  const scopes = ['Cluster', 'Namespaced']
  return scopes.includes(scope) ? [] : [notSupported('spec.scope', scope, scopes)]
}

function checkVersions(crd: JsonObject): readonly Cause[] {
  const versions = listAt(crd, 'spec', 'versions').map((version) => (isObject(version) ? version : {}))
  const causes = versions.flatMap((version, index) => checkVersionName(version, `spec.versions[${index}]`))
  causes.push(...checkPerVersion(versions, ['schema'], checkVersionSchema))
  causes.push(...checkPerVersion(versions, ['additionalPrinterColumns'], checkColumns))
  causes.push(...checkPerVersion(versions, ['selectableFields', 'schema'], checkSelectableFields))
  const names = versions.map((version) => textAt(version, 'name'))
  if (new Set(names).size !== names.length)
    causes.push(invalid('spec.versions', versions.map(goVersion), 'must contain unique version names'))
  if (versions.filter((version) => flagAt(version, 'storage')).length !== 1)
    causes.push(
      invalid('spec.versions', versions.map(goVersion), 'must have exactly one version marked as storage version'),
    )
  const [first] = names
  const fault = first === undefined ? undefined : dns1035Fault(first)
  if (fault !== undefined) causes.push(invalid('spec.version', first, fault))
  return causes
}

/** What all versions say alike was moved away before the server prints them. */
const goVersion = (version: JsonObject): GoStruct =>
  new GoStruct([
    ['Name', textAt(version, 'name')],
    ['Served', flagAt(version, 'served')],
    ['Storage', flagAt(version, 'storage')],
    ['Deprecated', flagAt(version, 'deprecated')],
    ['DeprecationWarning', textAt(version, 'deprecationWarning') ?? null],
    ['Schema', null],
    ['Subresources', null],
    ['AdditionalPrinterColumns', null],
    ['SelectableFields', null],
  ])

/** No stored version may go, and the storage version is one of them. */
function checkStoredVersions(crd: JsonObject): readonly Cause[] {
  const path = 'status.storedVersions'
  const stored = listAt(crd, 'status', 'storedVersions')
  if (stored.length === 0) return [invalid(path, null, 'must have at least one stored version')]
  const versions = listAt(crd, 'spec', 'versions')
  const storage = versions
    .filter((version) => flagAt(version, 'storage'))
    .map((version) => textAt(version, 'name') ?? '')
  const absent = storage.filter((name) => !stored.includes(name))
  const names = versions.map((version) => textAt(version, 'name'))
  const gone = stored.filter((name) => !names.some((known) => known === name))
  return [
    ...absent.map((name) => invalid(path, stored, `must have the storage version ${name}`)),
    ...gone.map((name) => invalid(`${path}[${stored.indexOf(name)}]`, name, goneDetail(String(name)))),
  ]
}

const goneDetail = (name: string): string =>
  `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a ` +
  `storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`

function checkVersionName(version: JsonObject, path: string): readonly Cause[] {
  const name = textAt(version, 'name') ?? ''
  const fault = dns1035Fault(name)
  return fault === undefined ? [] : [invalid(`${path}.name`, name, fault)]
}

/** What all versions say alike, the real server judges once, at the top: `spec.validation` instead of `spec.versions[0].schema`. */
function checkPerVersion(
  versions: readonly JsonObject[],
  members: readonly string[],
  check: (version: JsonObject, path: string) => readonly Cause[],
): readonly Cause[] {
  const [first, ...rest] = versions
  const isAlike = rest.every((version) =>
    members.every((member) => isEqual(version[member] ?? null, first?.[member] ?? null)),
  )
  if (first !== undefined && isAlike) return check(first, 'spec')
  return versions.flatMap((version, index) => check(version, `spec.versions[${index}]`))
}

/** With a status endpoint, the root says nothing that would be lost when `status` is judged alone. */
const allowedAtRoot = new Set(
  (
    'description type format title maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern ' +
    'maxItems minItems uniqueItems multipleOf required items properties externalDocs example ' +
    'x-kubernetes-preserve-unknown-fields x-kubernetes-validations'
  ).split(' '),
)
const allowedInGo =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern ' +
  'MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields ' +
  'XValidations'

function checkVersionSchema(version: JsonObject, above: string): readonly Cause[] {
  const schema = at(version, 'schema', 'openAPIV3Schema')
  const hasStatus = at(version, 'subresources', 'status') !== undefined
  const path = `${above === 'spec' ? 'spec.validation' : `${above}.schema`}.openAPIV3Schema`
  if (!isObject(schema))
    return [required(`${above === 'spec' ? 'spec.versions[0]' : above}.schema.openAPIV3Schema`, '')]
  const causes: Cause[] = []
  const strangers = Object.keys(schema).filter((keyword) => !allowedAtRoot.has(keyword))
  if (hasStatus && strangers.length > 0) {
    const detail = `only [${allowedInGo}] fields are allowed at the root of the schema if the status subresource is enabled`
    causes.push(invalid(path, schema, detail))
  }
  if (flagAt(schema, 'nullable')) causes.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'))

  const structural = checkStructural(schema, path)
  const defaults = structural.length === 0 ? checkDefaults(schema, path) : []
  const keywords = checkSchema(schema, path)
  const isSound = structural.length + defaults.length === 0
  return [...causes, ...structural, ...defaults, ...keywords.schema, ...(isSound ? keywords.rules : [])]
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

const checkColumns = (version: JsonObject, above: string): readonly Cause[] =>
  listAt(version, 'additionalPrinterColumns').flatMap((column, index) =>
    checkColumn(column, `${above}.additionalPrinterColumns[${index}]`),
  )

function checkColumn(column: unknown, path: string): readonly Cause[] {
  const type = textAt(column, 'type') ?? ''
  const format = textAt(column, 'format') ?? ''
  const jsonPath = textAt(column, 'jsonPath') ?? ''
  const causes: Cause[] = []
  if ((textAt(column, 'name') ?? '') === '') causes.push(required(`${path}.name`, ''))
  if (type === '') causes.push(required(`${path}.type`, `must be one of ${columnTypes.join(',')}`))
  else if (!columnTypes.includes(type))
    causes.push(invalid(`${path}.type`, type, `must be one of ${columnTypes.join(',')}`))
  if (format !== '' && !columnFormats.includes(format))
    causes.push(invalid(`${path}.format`, format, `must be one of ${columnFormats.join(',')}`))
  return [...causes, ...checkColumnPath(jsonPath, `${path}.JSONPath`)]
}

function checkColumnPath(jsonPath: string, path: string): readonly Cause[] {
  if (jsonPath === '') return [required(path, '')]
  if (!jsonPath.startsWith('.')) return [invalid(path, jsonPath, 'must be a simple json path starting with .')]
  const parsed = parseJsonPath(jsonPath)
  return parsed.ok ? [] : [invalid(path, jsonPath, parsed.error)]
}

const selectableMax = 8

function checkSelectableFields(version: JsonObject, above: string): readonly Cause[] {
  const schema = at(version, 'schema', 'openAPIV3Schema')
  if (!isObject(schema)) return []
  const path = `${above}.selectableFields`
  const seen = new Set<string>()
  const causes = listAt(version, 'selectableFields').flatMap((selectable, index): readonly Cause[] => {
    const jsonPath = textAt(selectable, 'jsonPath') ?? ''
    const place = `${path}[${index}].jsonPath`
    if (jsonPath === '') return [required(place, '')]
    const found = jsonPath.includes('[') ? undefined : fieldSchema(schema, jsonPath)
    if (found === undefined) return [invalid(place, jsonPath, 'is an invalid path: does not refer to a valid field')]
    if (jsonPath.startsWith('.metadata')) return [invalid(place, jsonPath, 'must not point to fields in metadata')]
    if (!['string', 'boolean', 'integer'].includes(textAt(found, 'type') ?? '')) {
      const detail =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'
      return [invalid(place, jsonPath, detail)]
    }
    if (seen.has(jsonPath)) return [duplicate(place, jsonPath)]
    seen.add(jsonPath)
    return []
  })
  if (seen.size <= selectableMax) return causes
  const message = `Too many: ${seen.size}: must have at most ${selectableMax} items`
  return [...causes, { field: path, message, reason: 'FieldValueTooMany' }]
}

function checkNames(crd: JsonObject): readonly Cause[] {
  const nameAt = (member: string): string => textAt(crd, 'spec', 'names', member) ?? ''
  const missing = ['plural', 'singular', 'kind', 'listKind'].filter((member) => nameAt(member) === '')
  const causes: Cause[] = missing.map((member) => required(`spec.names.${member}`, ''))
  for (const member of ['plural', 'singular']) {
    const fault = nameAt(member) === '' ? undefined : dns1035Fault(nameAt(member))
    if (fault !== undefined) causes.push(invalid(`spec.names.${member}`, nameAt(member), fault))
  }
  for (const member of ['kind', 'listKind']) {
    const fault = nameAt(member) === '' ? undefined : dns1035Fault(nameAt(member).toLowerCase())
    const detail = `may have mixed case, but should otherwise match: ${fault}`
    if (fault !== undefined) causes.push(invalid(`spec.names.${member}`, nameAt(member), detail))
  }
  for (const member of ['shortNames', 'categories']) {
    for (const [index, name] of listAt(crd, 'spec', 'names', member).entries()) {
      const fault = dns1035Fault(String(name))
      if (fault !== undefined) causes.push(invalid(`spec.names.${member}[${index}]`, name, fault))
    }
  }
  if (nameAt('kind') !== '' && nameAt('kind') === nameAt('listKind'))
    causes.push(invalid('spec.names.listKind', nameAt('listKind'), 'kind and listKind may not be the same'))
  return causes
}

/** Webhooks are a thing that we refuse instead of ignoring. */
function checkConversion(crd: JsonObject): readonly Cause[] {
  const strategy = textAt(crd, 'spec', 'conversion', 'strategy') ?? 'None'
  return strategy === 'None' ? [] : [notSupported('spec.conversion.strategy', strategy, ['None'])]
}

const approval = 'api-approved.kubernetes.io'

function checkApproval(crd: JsonObject, group: string): readonly Cause[] {
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(group)
  if (!isProtected || textAt(crd, 'metadata', 'annotations', approval) !== undefined) return []
  const detail =
    'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'
  return [required(`metadata.annotations[${approval}]`, detail)]
}
