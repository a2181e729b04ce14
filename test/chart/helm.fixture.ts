import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import { isObject, type JsonObject, textAt } from '../../src/kernel/json.ts'
import { layoutOf } from '../../testbed/layout.ts'

const root = join(import.meta.dirname, '../..')
export const chart = join(root, 'deploy/chart/prunella')
const program = join(layoutOf(process.env, {}).bin, 'helm')

interface Answer {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs Helm with these values, and with nothing of what a person has set up for theirs. Without a kubeconfig there is no cluster. */
export function helm(words: readonly string[], values?: JsonObject, kubeconfig?: string): Answer {
  const room = mkdtempSync(join(tmpdir(), 'prunella-helm-'))
  try {
    const file = join(room, 'values.yaml')
    writeFileSync(file, stringify(values ?? {}))
    const given = values === undefined ? [] : ['--values', file]
    const { status, stdout, stderr, error } = spawnSync(program, [...words, ...given], {
      env: { HOME: room, PATH: process.env['PATH'], KUBECONFIG: kubeconfig ?? join(room, 'none') },
      encoding: 'utf8',
    })
    if (error !== undefined) throw error
    return { code: status ?? 1, out: stdout, err: stderr }
  } finally {
    rmSync(room, { recursive: true, force: true })
  }
}

/** As our pages tell people to install it. */
export const release = ['prunella', chart, '--namespace', 'prunella-system'] as const

/** The objects of a release as our pages tell people to install it. Throws what Helm complains of. */
export function rendered(values: JsonObject = {}): readonly JsonObject[] {
  const { code, out, err } = helm(['template', ...release], values)
  if (code !== 0) throw new Error(err)
  return objectsIn(out)
}

/** What people read after an install. */
export function notes(values: JsonObject = {}): string {
  const { code, out, err } = helm(['install', ...release, '--dry-run=client', '--hide-secret'], values)
  if (code !== 0) throw new Error(err)
  return out.split('\nNOTES:\n')[1] ?? ''
}

const objectsIn = (text: string): readonly JsonObject[] =>
  parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter(isObject)

export const manifestsOf = (path: string): readonly JsonObject[] => objectsIn(readFileSync(join(root, path), 'utf8'))

export function found(objects: readonly JsonObject[], kind: string, name = 'prunella'): JsonObject {
  const object = objects.find((one) => one['kind'] === kind && textAt(one, 'metadata', 'name') === name)
  if (object === undefined) throw new Error(`there is no ${kind} ${name}`)
  return object
}
