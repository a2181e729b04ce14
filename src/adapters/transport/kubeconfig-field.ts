import { isObject } from '../../kernel/json.ts'

/** What is wrong, where, and what is allowed instead: a person has to mend it. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError'
  constructor(file: string, field: string, problem: string) {
    super(`${file}: ${field === '' ? '' : `${field} `}${problem}`)
  }
}

interface Place {
  readonly file: string
  readonly path: string
  readonly value: unknown
}

/** A value in a kubeconfig that knows where it stands. An empty text counts as not set, as for kubectl. */
export class Field {
  readonly file: string
  readonly #path: string
  readonly #value: unknown

  constructor({ file, path, value }: Place) {
    this.file = file
    this.#path = path
    this.#value = value ?? undefined
  }

  get isSet(): boolean {
    return this.#value !== undefined && this.#value !== ''
  }

  at(name: string): Field {
    if (this.#value !== undefined && !isObject(this.#value)) throw this.refused('must be a map')
    const path = this.#path === '' ? name : `${this.#path}.${name}`
    return new Field({ file: this.file, path, value: this.#value?.[name] })
  }

  object(): Field {
    if (!isObject(this.#value)) throw this.refused('must be a map')
    return this
  }

  list(): readonly Field[] {
    if (this.#value === undefined) return []
    if (!Array.isArray(this.#value)) throw this.refused('must be a list')
    return this.#value.map(
      (value: unknown, index) => new Field({ file: this.file, path: `${this.#path}[${index}]`, value }),
    )
  }

  text(): string | undefined {
    if (!this.isSet) return undefined
    if (typeof this.#value !== 'string') throw this.refused('must be text')
    return this.#value
  }

  requiredText(): string {
    const text = this.text()
    if (text === undefined) throw this.refused('is missing')
    return text
  }

  flag(): boolean {
    if (this.#value === undefined) return false
    if (typeof this.#value !== 'boolean') throw this.refused('must be true or false')
    return this.#value
  }

  refused(problem: string): KubeconfigError {
    return new KubeconfigError(this.file, this.#path, problem)
  }
}

/** Absolute path of a file that the file `from` names: a relative one begins beside it. */
export type ResolvePath = (from: string, path: string) => string
