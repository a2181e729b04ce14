import { badRequest } from '../errors/status-error.ts'

export interface FieldTerm {
  readonly path: string
  readonly equal: boolean
  readonly value: string
}

/**
 * `metadata.name=a,spec.nodeName!=b`; a backslash quotes a comma, an equals sign or itself. A bare operator says nothing.
 * Throws a 400.
 */
export function parseFieldSelector(text: string): readonly FieldTerm[] {
  return splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => parseTerm(term, text))
    .filter(({ path, value }) => path !== '' || value !== '')
}

function splitTerms(text: string): readonly string[] {
  const terms: string[] = []
  let term = ''
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? ''
    if (character === '\\') {
      term += `\\${text[index + 1] ?? ''}`
      index += 1
    } else if (character === ',') {
      terms.push(term)
      term = ''
    } else term += character
  }
  return [...terms, term]
}

function parseTerm(term: string, whole: string): FieldTerm {
  const match = /^((?:\\.|[^\\=!])*?)(!=|==|=)(.*)$/.exec(term)
  if (match === null) throw badRequest(`invalid selector: '${whole}'; can't understand '${term}'`)
  const [, path = '', operator, value = ''] = match
  return { path, equal: operator !== '!=', value: value.replaceAll(/\\([\\,=])/g, '$1') }
}
