import { unreachable } from '../../../kernel/assert.ts'

/** Which names a resource allows. */
export type NameRule = 'Subdomain' | 'Label' | 'PathSegment'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const labelPattern = new RegExp(`^${label}$`)
const subdomainPattern = new RegExp(`^${label}(\\.${label})*$`)

/** What is wrong with a name, in the server's words. `prefix`: a generateName. */
export function nameProblems(rule: NameRule, name: string, prefix = false): readonly string[] {
  const judged = prefix ? name.replace(/-$/, 'a') : name
  switch (rule) {
    case 'Subdomain':
      return [
        ...(judged.length > 253 ? ['must be no more than 253 characters'] : []),
        ...(subdomainPattern.test(judged) ? [] : [subdomainText]),
      ]
    case 'Label':
      return [
        ...(judged.length > 63 ? ['must be no more than 63 characters'] : []),
        ...(labelPattern.test(judged) ? [] : [labelText]),
      ]
    case 'PathSegment':
      return pathSegmentProblems(judged)
    default:
      return unreachable(rule)
  }
}

const subdomainText =
  String.raw`a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must ` +
  String.raw`start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is ` +
  String.raw`'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`

const labelText =
  `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and ` +
  `end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is ` +
  `'[a-z0-9]([-a-z0-9]*[a-z0-9])?')`

function pathSegmentProblems(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((character) => name.includes(character)).map((character) => `may not contain '${character}'`)
}

const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

const nameRuleText =
  `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric ` +
  `character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is ` +
  `'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`

/** The rule for keys of labels and annotations, taints and finalizers: an optional DNS prefix and a name. */
export function qualifiedNameProblems(key: string, what = 'a qualified name'): readonly string[] {
  const parts = key.split('/')
  if (parts.length > 2) {
    return [`${what} ${nameRuleText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const name = parts.at(-1) ?? ''
  const prefix = parts.length === 2 ? (parts[0] ?? '') : undefined
  return [
    ...(prefix === undefined ? [] : prefixProblems(prefix)),
    ...(name === '' ? ['name part must be non-empty'] : []),
    ...(name.length > 63 ? ['name part must be no more than 63 characters'] : []),
    ...(qualifiedName.test(name) ? [] : [`name part ${nameRuleText}`]),
  ]
}

const prefixProblems = (prefix: string): readonly string[] =>
  prefix === ''
    ? ['prefix part must be non-empty']
    : nameProblems('Subdomain', prefix).map((problem) => `prefix part ${problem}`)

const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const labelValueText =
  `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must ` +
  `start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used ` +
  `for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`

export const labelValueProblems = (value: string): readonly string[] => [
  ...(value.length > 63 ? ['must be no more than 63 characters'] : []),
  ...(labelValue.test(value) ? [] : [labelValueText]),
]
