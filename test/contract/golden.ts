import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, textAt } from '../../src/kernel/json.ts'
import type { Answer } from './client.ts'
import { freshNamePattern } from './objects.ts'
import type { Target } from './target.ts'

const folder = join(import.meta.dirname, 'fixtures')

/**
 * What the real server once answered, steadied. `CONTRACT_RECORD=1 npm run contract -- --against=real` writes the file anew; nothing
 * else does, so that the embedded server can never be its own measure.
 */
export function golden({ name: server }: Target, name: string, answer: Answer): unknown {
  const path = join(folder, `${name}.json`)
  if (server === 'real' && process.env['CONTRACT_RECORD'] === '1') {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, `${JSON.stringify(steady(answer), undefined, 2)}\n`)
  }
  if (!existsSync(path)) throw new Error(`no golden answer ${name}: record it against the real server`)
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Members that differ from run to run, or that the embedded server does not keep. */
const unsteady = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp', 'lastTransitionTime'])
const unkept = new Set(['managedFields', 'storageVersionHash'])

/** Status and body, with a word in the place of whatever differs from run to run. */
export function steady({ status, body }: Answer): unknown {
  const uid = textAt(body, 'metadata', 'uid') ?? 'none'
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value === 'string') return value.replaceAll(freshNamePattern, '<$1>').replaceAll(uid, '<uid>')
    if (!isObject(value)) return value
    const members = Object.entries(value).filter(([name]) => !unkept.has(name))
    return Object.fromEntries(
      members.map(([name, member]) => [name, unsteady.has(name) && member !== null ? `<${name}>` : walk(member)]),
    )
  }
  return { status, body: walk(body) }
}
