import { unreachable } from '../../../kernel/assert.ts'
import { badRequest } from '../errors/status-error.ts'
import { labelValueProblems, qualifiedNameProblems } from '../objects/names.ts'

type Labels = Readonly<Record<string, unknown>>

interface Requirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'
  readonly values: readonly string[]
}

export type LabelTest = (labels: Labels) => boolean

/** The whole language of `labelSelector`, set-based part included. Throws a 400 with the server's words. */
export function parseLabelSelector(text: string): LabelTest {
  const requirements = new Parser(text).requirements()
  return (labels) => requirements.every((requirement) => meets(requirement, labels))
}

function meets({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return typeof value === 'string' && values.includes(value)
    case 'NotIn':
      return typeof value !== 'string' || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return integer(value) > integer(values[0])
    case 'Lt':
      return integer(value) < integer(values[0])
    default:
      return unreachable(operator)
  }
}

/** Not a number compares false with everything. */
const integer = (value: unknown): number =>
  typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : Number.NaN

const operators: ReadonlyMap<string, Requirement['operator']> = new Map([
  ['in', 'In'],
  ['notin', 'NotIn'],
  ['=', 'In'],
  ['==', 'In'],
  ['!=', 'NotIn'],
  ['>', 'Gt'],
  ['<', 'Lt'],
])

class Parser {
  readonly #tokens: readonly string[]
  #next = 0

  constructor(text: string) {
    this.#tokens = text.match(/[^\s(),!=<>]+|==|!=|[(),!=<>]/g) ?? []
  }

  requirements(): readonly Requirement[] {
    const found: Requirement[] = []
    if (this.#tokens.length === 0) return found
    for (;;) {
      const token = this.#peek()
      if (token !== '!' && !isWord(token))
        throw badRequest(`found '${token}', expected: !, identifier, or 'end of string'`)
      found.push(this.#requirement())
      const separator = this.#take()
      if (separator === '') return found
      if (separator !== ',') throw badRequest(`found '${separator}', expected: ',' or 'end of string'`)
      const following = this.#peek()
      if (following !== '!' && !isWord(following))
        throw badRequest(`found '${following}', expected: identifier after ','`)
    }
  }

  #requirement(): Requirement {
    if (this.#peek() === '!') {
      this.#take()
      return { key: this.#key(), operator: 'DoesNotExist', values: [] }
    }
    const key = this.#key()
    if (this.#peek() === '' || this.#peek() === ',') return { key, operator: 'Exists', values: [] }
    const token = this.#take()
    const operator = operators.get(token)
    if (operator === undefined) throw unparsable(`found '${token}', expected: in, notin, =, ==, !=, gt, lt`)
    return { key, operator, values: this.#valuesFor(token) }
  }

  #valuesFor(operator: string): readonly string[] {
    if (operator === 'in' || operator === 'notin') return this.#valueSet()
    return operator === '>' || operator === '<' ? [this.#number()] : [this.#value()]
  }

  #key(): string {
    const key = this.#take()
    const problems = qualifiedNameProblems(key, 'a valid label key')
    if (problems.length > 0) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems.join('; ')}`)
    return key
  }

  #value(): string {
    const token = this.#peek()
    if (token === '' || token === ',') return ''
    if (!isWord(token)) throw unparsable(`found '${token}', expected: identifier`)
    return checked(this.#take())
  }

  #number(): string {
    const token = this.#take()
    if (integer(token) === integer(token)) return token
    throw unparsable(
      `values[0]: Invalid value: ${JSON.stringify(token)}: for 'Gt', 'Lt' operators, the value must be an integer`,
    )
  }

  #valueSet(): readonly string[] {
    const opening = this.#take()
    if (opening !== '(') throw unparsable(`found '${opening}' expected: '('`)
    const values: string[] = []
    for (;;) {
      const token = this.#take()
      if (isWord(token)) {
        values.push(checked(token))
        const separator = this.#take()
        if (separator === ')') return values
        if (separator !== ',') throw unparsable(`found '${separator}', expected: ',' or ')'`)
      } else if (token === ')') return values.length === 0 ? [''] : [...values, '']
      else if (token === ',') values.push('')
      else throw unparsable(`found '${token}', expected: ',', ')' or identifier`)
    }
  }

  #peek(): string {
    return this.#tokens[this.#next] ?? ''
  }

  #take(): string {
    const token = this.#peek()
    this.#next += 1
    return token
  }
}

const isWord = (token: string): boolean => token !== '' && !/^[(),!=<>]/.test(token)

function checked(value: string): string {
  const problems = labelValueProblems(value)
  if (problems.length > 0)
    throw unparsable(`values[0]: Invalid value: ${JSON.stringify(value)}: ${problems.join('; ')}`)
  return value
}

const unparsable = (why: string): Error => badRequest(`unable to parse requirement: ${why}`)
